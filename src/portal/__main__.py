"""Runs the command line as ``python -m portal``."""

from portal.cli import main

main()
