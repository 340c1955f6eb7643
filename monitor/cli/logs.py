"""Logs: one line an event, into a file with rotation beside the archive; on the terminal only when asked for."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"
_LARGEST, _KEPT = 5_000_000, 5
_NOISY = (
    "scrapy",
    "twisted",
    "asyncio",
    "filelock",
    "trafilatura",
    "courlan",
    "htmldate",
    "charset_normalizer",
    "urllib3",
    "py.warnings",
)


def tell_journal() -> None:
    """Send logs to standard error as well: the journal of systemd, or the log of a container, for what runs until it is stopped."""
    root = logging.getLogger()
    if not any(type(handler) is logging.StreamHandler for handler in root.handlers):
        handler = logging.StreamHandler()
        handler.setLevel(logging.INFO)
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)


def start_logs(data_dir: Path, *, verbose: bool, make_folder: bool = True) -> None:
    """Send logs to `<data_dir>/monitor.log`, and to standard error when `verbose`.

    A folder that cannot be written has no log; nor has one that is not there, unless `make_folder`.
    """
    # A full disk is told by the work that meets it; the log must not tell it once per line on the terminal.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.ERROR)
    handlers: list[logging.Handler] = [logging.StreamHandler()] if verbose else []
    try:
        if make_folder:
            data_dir.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(data_dir / "monitor.log", maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8"))
    except OSError:
        handlers.append(logging.NullHandler())
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
