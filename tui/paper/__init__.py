"""What goes to paper, to a pipe or to another program: sentences, LaTeX, markdown, rows, worksheets, exported scripts.

It runs without a screen.
"""
