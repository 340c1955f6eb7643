"""Logs: one line per event, in a file with rotation beside the archive, and on the terminal with `--verbose`."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"
_MAX_BYTES, _OLD_FILES = 5_000_000, 5
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


def log_to_stderr() -> None:
    """Send logs to standard error as well, for commands that run until they are stopped: systemd and containers read it there."""
    root = logging.getLogger()
    if not any(type(handler) is logging.StreamHandler for handler in root.handlers):
        handler = logging.StreamHandler()
        handler.setLevel(logging.INFO)
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)


def start_logs(data_dir: Path, *, verbose: bool, make_folder: bool = True) -> None:
    """Send logs to `<data_dir>/monitor.log`, and to standard error when `verbose`.

    There is no log in a folder that cannot be written, nor in one that does not exist unless `make_folder`.
    """
    # The job that meets a full disk reports it; the log must not repeat it on the terminal for every line.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.ERROR)
    handlers: list[logging.Handler] = [logging.StreamHandler()] if verbose else []
    try:
        if make_folder:
            data_dir.mkdir(parents=True, exist_ok=True)
        handlers.append(
            RotatingFileHandler(data_dir / "monitor.log", maxBytes=_MAX_BYTES, backupCount=_OLD_FILES, encoding="utf-8")
        )
    except OSError:
        handlers.append(logging.NullHandler())
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
