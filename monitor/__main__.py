"""`python -m monitor` is the same as the console script."""

from monitor.cli import main

main()
