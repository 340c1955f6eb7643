"""Entry point of `python -m monitor`, the same as the console script."""

from monitor.cli import main

main()
