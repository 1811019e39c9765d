"""Questions and help: modal screens."""
