"""Exception hierarchy. Every error has `where` and `problem`; str() joins them."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

_SWEDISH_BY_ERRNO = {
    errno.EACCES: "rättigheter saknas",
    errno.EPERM: "rättigheter saknas",
    errno.EROFS: "disken är skrivskyddad",
    errno.ENOSPC: "disken är full",
    errno.ENOENT: "finns inte",
    errno.EIO: "disken svarar fel",
}

# A reply begins with a code of three digits: RFC 5321, section 4.2.
_SERVER_REPLY = re.compile(r"\s*-?\d{3}[ -]|\s*-?\d{3}$")


class MonitorError(Exception):
    """Error that names its place and its problem.

    Args:
        where: File, key, source or address; empty for none.
        problem: Problem, and the expected value where there is one.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.where = where
        self.problem = problem


class ConfigError(MonitorError):
    """Error of the settings (exit code 2)."""


class RuleError(MonitorError):
    """Error of one line (from 1) of one rule file."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}", problem)
        self.file = file
        self.line = line


class RuleErrors(MonitorError):  # noqa: N818 - it has many
    """Errors of all rule files, in the order of the files (exit code 2)."""

    def __init__(self, errors: list[RuleError]) -> None:
        super().__init__("", "\n".join(str(error) for error in errors))
        self.errors = errors


class SourceError(MonitorError):
    """Error of a publisher's answer that cannot be read."""


class RowError(ValueError):
    """Error of one row of a publisher. The text names the field, in Swedish, for the coordinator."""


class HandOverError(MonitorError):
    """Error of a reading that another machine hands over.

    Args:
        where: Reading, source or address.
        problem: Problem in Swedish.
        status: HTTP status that says the same (RFC 9110).
    """

    def __init__(self, where: str, problem: str, status: int) -> None:
        super().__init__(where, problem)
        self.status = status

    @property
    def is_passing(self) -> bool:
        """Return whether the way or the other machine failed, so that the reading is handed over again after a while."""
        return self.status >= 500

    @property
    def is_final(self) -> bool:
        """Return whether the same reading would be refused again; one with a wrong secret (401) waits for a person."""
        return not self.is_passing and self.status != 401


class ArchiveError(MonitorError):
    """Error in opening, writing or restoring the archive."""


class LockedError(MonitorError):
    """Error of a job that another instance keeps out (exit code 3)."""


class MailError(MonitorError):
    """Error of the mail server, or of the folder for mails."""


def describe_os_error(error: OSError) -> str:
    """Return a message for people: Swedish for common errors, with the system's own text in brackets, else that text alone."""
    system_text = error.strerror or str(error)
    swedish = _SWEDISH_BY_ERRNO.get(error.errno or 0)
    return f"{swedish} ({system_text})" if swedish else system_text


_ROW_PROBLEMS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((UnicodeError,), "har tecken som inte går att spara"),
    ((RecursionError,), "är nästlad för djupt"),
    ((MemoryError,), "kräver för mycket minne"),
    ((ArithmeticError,), "har ett tal eller en dag som är för stor"),
    ((LookupError,), "saknar en uppgift som behövs"),
)
_MAX_NAME_CHARS = 100
_MAX_NAMED = 3


def describe_row_error(error: BaseException) -> str:
    """Return the problem of a publisher's row in Swedish, as the end of a sentence about "posten".

    Python's own message is left out: it is English, and about the program instead of the row.
    """
    if isinstance(error, RowError):
        return str(error)
    return next((text for types, text in _ROW_PROBLEMS if isinstance(error, types)), "har en okänd form")


def list_reasons(reasons: Mapping[str, str]) -> str:
    """Return the first three items with the reason of each, and the number of the others, in Swedish; `reasons` is by item."""
    named = [f"{key[:_MAX_NAME_CHARS]} ({reason})" for key, reason in list(reasons.items())[:_MAX_NAMED]]
    more = len(reasons) - len(named)
    return "; ".join(named) + (f" och {more} till" if more else "")


def describe_delivery(outcome: str) -> str:
    """Return the outcome of a delivery as part of a Swedish sentence: a server's reply is quoted, our own text stays."""
    return f"servern svarade ”{outcome.strip()}”" if _SERVER_REPLY.match(outcome) else outcome
