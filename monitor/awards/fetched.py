"""Pages of a search in the folder of their source: new ones replace the last ones together, whenever the process dies."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from monitor.awards.model import FETCHED_PREFIX
from monitor.files import write_atomically

_READY = ".ready"
"""Folder of whole new pages that are being put in place; files and folders with a dot are never imported."""
_NAMES = "names.json"
"""File in it with the names of all of them, those that are in place as well."""


def replace_pages(folder: Path, new: Path) -> None:
    """Put all files of the folder `new` in place of the fetched pages in the folder of a source.

    Raises:
        OSError: A file cannot be written; `finish_pages` goes on from there.
    """
    write_atomically(new / _NAMES, json.dumps(sorted(path.name for path in new.iterdir())))
    new.replace(folder / _READY)  # from here on these are the pages of the source
    finish_pages(folder)


def finish_pages(folder: Path) -> None:
    """Finish a replacement of pages that a kill cut off; does nothing when there was none.

    Raises:
        OSError: A file cannot be moved or removed.
    """
    ready = folder / _READY
    if not ready.is_dir():
        return
    if (ready / _NAMES).is_file():
        names = json.loads((ready / _NAMES).read_text("utf-8"))
        for name in names:
            if (ready / name).is_file():
                (ready / name).replace(folder / name)
        for old in folder.glob(f"{FETCHED_PREFIX}*.json"):
            if old.name not in names:
                old.unlink()
    shutil.rmtree(ready)
