"""The one tree of errors: each carries what it is about and says so in str()."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

_SYSTEM = {
    errno.EACCES: "rättigheter saknas",
    errno.EPERM: "rättigheter saknas",
    errno.EROFS: "disken är skrivskyddad",
    errno.ENOSPC: "disken är full",
    errno.ENOENT: "finns inte",
    errno.EIO: "disken svarar fel",
}

# A code of three digits: RFC 5321, section 4.2.
_SERVER_ANSWER = re.compile(r"\s*-?\d{3}[ -]|\s*-?\d{3}$")


class MonitorError(Exception):
    """Something the program can name. `where` is file, key, source or address; `problem` says what is wrong and what was expected."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.where = where
        self.problem = problem


class ConfigError(MonitorError):
    """Settings are wrong (exit code 2)."""


class RuleError(MonitorError):
    """One problem in one rule file, with its line (from 1)."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}", problem)
        self.file = file
        self.line = line


class RuleErrors(MonitorError):  # noqa: N818 - it holds many
    """Every problem of every rule file, in the order of the files (exit code 2)."""

    def __init__(self, errors: list[RuleError]) -> None:
        super().__init__("", "\n".join(str(error) for error in errors))
        self.errors = errors


class SourceError(MonitorError):
    """A publisher answered something that cannot be read."""


class RowError(ValueError):
    """A publisher's row that cannot be read. Its text is for the coordinator, in Swedish, and names the field."""


class ArchiveError(MonitorError):
    """The archive cannot be opened, written or restored."""


class LockedError(MonitorError):
    """Another instance is at work (exit code 3)."""


class MailError(MonitorError):
    """The mail server, or the folder for mails, refused."""


def in_words(error: OSError) -> str:
    """What the system refused: in Swedish where it is common, and in the system's own words."""
    said = error.strerror or str(error)
    known = _SYSTEM.get(error.errno or 0)
    return f"{known} ({said})" if known else said


_ROW_TROUBLES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((UnicodeError,), "har tecken som inte går att spara"),
    ((RecursionError,), "är nästlad för djupt"),
    ((MemoryError,), "kräver för mycket minne"),
    ((ArithmeticError,), "har ett tal eller en dag som är för stor"),
    ((LookupError,), "saknar en uppgift som behövs"),
)
_LONGEST_WORDS = 100
_MOST_NAMED = 3


def row_trouble(error: BaseException) -> str:
    """Return in Swedish what is wrong with a publisher's row: said of "posten", so without a subject.

    Python's own words are left out: they are English, and of the program, not of the row.
    """
    if isinstance(error, RowError):
        return str(error)
    return next((words for kinds, words in _ROW_TROUBLES if isinstance(error, kinds)), "har en form som programmet inte känner")


def name_some(reasons: Mapping[str, str]) -> str:
    """The first three of some items with what is wrong with each, and how many more there are, in Swedish."""
    named = [f"{key[:_LONGEST_WORDS]} ({why})" for key, why in list(reasons.items())[:_MOST_NAMED]]
    more = len(reasons) - len(named)
    return "; ".join(named) + (f" och {more} till" if more else "")


def in_swedish(words: str) -> str:
    """Return how a delivery ended as part of a Swedish sentence: what a server answered is quoted, our own words are Swedish as they are."""
    return f"servern svarade ”{words.strip()}”" if _SERVER_ANSWER.match(words) else words
