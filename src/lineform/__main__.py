"""Runs the command line as ``python -m lineform``."""

from lineform.cli import main

main()
