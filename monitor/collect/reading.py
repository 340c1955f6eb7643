"""What one run of one source has read so far: staged here, judged at the end, stored all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from monitor.archive.runs import Document
from monitor.calls import Call
from monitor.errors import describe_row_error

_Read = TypeVar("_Read")
LONGEST_KEY = 1000
"""Letters of a call's key; a row whose key is longer is not kept."""


class ProblemKind(StrEnum):
    """Classes of what goes wrong with a source; health tells them apart."""

    UNREACHABLE = "unreachable"
    GONE = "gone"
    MOVED = "moved"
    SERVER = "server-error"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    NOT_A_FEED = "not-a-feed"
    UNREADABLE = "unreadable"
    LAYOUT = "layout"
    INCOMPLETE = "incomplete"
    FALL = "fall"
    LINKS = "dead-links"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    UNSTORED = "unstored"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, as a plain Swedish sentence for the coordinator."""

    kind: ProblemKind
    text: str


@dataclass(slots=True)
class Rows:
    """Outcome of a publisher's rows: `seen` counts those that it sent, `skipped` holds those that could not be read, by key, with
    the reason; `left_out` those that were read and are nothing to pass on (a vacancy, an event that has been), by key, with what told so,
    and `asides` those items as the calls they would be.
    """

    seen: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    asides: dict[str, Call] = field(default_factory=dict)

    def read_row(self, key: str, read: Callable[..., _Read], *values: Any, **options: Any) -> _Read | None:
        """Return the result of `read` for one row; None for a row that it cannot read, which is named and stops nothing else."""
        try:
            return read(*values, **options)
        except Exception as error:  # noqa: BLE001 - a publisher's row may hold anything and so raise anything
            self.skip(key, describe_row_error(error))
            return None

    def skip(self, key: str, why: str) -> None:
        """Note one row that could not be read; it never stops the source, and what was stored of it stays."""
        self.skipped[key[:LONGEST_KEY]] = why

    def leave_out(self, key: str, why: str, item: Call | None = None) -> None:
        """Note one item that was read and is nothing to pass on; `item` is the call it would be, kept for a person who wants it back."""
        self.left_out[key[:LONGEST_KEY]] = why
        if item is not None:
            self.asides[key[:LONGEST_KEY]] = item


@dataclass(slots=True)
class Answer(Rows):
    """Contents of one answer of a publisher, as values that another process can hand over.

    `addresses` are the pages that it lists, `following` is where the listing goes on; `said_empty`: it says itself that it has nothing
    now; `wall`: the name of the wall against programs that it is.
    """

    calls: list[Call] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    addresses: tuple[str, ...] = ()
    following: str = ""
    said_empty: bool = False
    wall: str = ""

    def problem(self, kind: ProblemKind, text: str) -> None:
        """Note what keeps the answer from being read."""
        self.problems.append(Problem(kind, text))


@dataclass(slots=True)
class Reading(Rows):
    """The stage of one run. Spiders fill it; nothing else holds state about a run.

    `pages` counts the pages that were asked for because a list names them, `unread_pages` holds those that gave nothing, by address;
    `moved` is where the start address has moved for good; `said_empty`: the page itself says that it has nothing now. `unchanged`: every answer was one we had; `not_modified`: the publisher sent nothing at all because nothing changed;
    `hashes` are those of the rows that calls were read from, by key, where the spider tells rows that are as they were;
    `validators` are stored with the run and sent next time, so that they and the data go together. Of two calls with the same key the later one stays.
    """

    calls: dict[str, Call] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    unread_pages: dict[str, Problem] = field(default_factory=dict)
    moved: str = ""
    said_empty: bool = False
    answered: bool = False
    unchanged: bool = True
    not_modified: bool = False
    validators: dict[str, str] = field(default_factory=dict)

    def problem(self, kind: ProblemKind, text: str) -> None:
        """Note a problem once."""
        found = Problem(kind, text)
        if found not in self.problems:
            self.problems.append(found)

    def take(self, answer: Answer) -> None:
        """Note what an answer held, but for its calls, which pass the pipeline."""
        self.seen += answer.seen
        self.skipped |= answer.skipped
        self.left_out |= answer.left_out
        self.asides |= answer.asides
        self.said_empty = self.said_empty or answer.said_empty
        for problem in answer.problems:
            self.problem(problem.kind, problem.text)

    def miss(self, url: str, problem: Problem) -> None:
        """Note that a page which a list names gave nothing."""
        self.unread_pages[url] = problem

    def forget(self, url: str) -> None:
        """Keep nothing of an answer that was refused for what it held."""
        self.documents = [document for document in self.documents if document.url != url]

    @property
    def items(self) -> int:
        """How many items could be read, passed on or not: what says whether the publisher's page still works."""
        return len(self.calls) + len(self.left_out)
