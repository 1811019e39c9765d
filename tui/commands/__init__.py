"""One module for each command: `configure` adds its options to a parser, `run` does it and gives the exit code."""
