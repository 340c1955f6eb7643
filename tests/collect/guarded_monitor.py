"""The command line with one loopback address taken for a public one, so that a publisher there can try to lead the program astray."""

import sys

from monitor.cli import main
from monitor.collect import guard

PUBLIC = "127.0.0.77"
ordinary = guard.is_public

guard.is_public = lambda ip: str(ip) == PUBLIC or ordinary(ip)

if __name__ == "__main__":
    main(sys.argv[1:])
