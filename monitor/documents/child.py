"""Reading of one file in a child process with limits on time and memory, so that a hostile one harms nothing but itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from monitor.collect.parsing import SlowResponseError, UnreadableResponseError, parse_in_child
from monitor.documents.model import LARGEST_FILE, LIMITS, SECONDS, ReadDocument, ReadLimits, UnreadableDocumentError
from monitor.documents.reading import read_file

_Result = TypeVar("_Result")


def read_document(path: Path, *, limits: ReadLimits = LIMITS, seconds: int = SECONDS) -> ReadDocument:
    """Return the text of a PDF, Word or Excel file, read in a child process. Not for an event loop.

    Raises:
        UnreadableDocumentError: It cannot be read within the limits.
        OSError: The file cannot be opened.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise UnreadableDocumentError(f"är {size // 1_000_000} MB, större än de {LARGEST_FILE // 1_000_000} MB som läses")
    return run_limited(read_file, str(path), limits, seconds=seconds)


def run_limited(function: Callable[..., _Result], *values: Any, seconds: int = SECONDS) -> _Result:
    """Return the result of a function of a document, run in a child process.

    Raises:
        UnreadableDocumentError: It took too long or too much memory, or ended its process.
    """
    try:
        return asyncio.run(parse_in_child(function, *values, seconds=seconds))
    except SlowResponseError as error:
        raise UnreadableDocumentError(f"tog längre än {seconds} sekunder att läsa") from error
    except UnreadableResponseError as error:
        raise UnreadableDocumentError("kräver för mycket minne eller är trasig; läsningen avbröts") from error
    except RecursionError as error:
        raise UnreadableDocumentError("är nästlad för djupt") from error
