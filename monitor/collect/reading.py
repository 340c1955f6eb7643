"""What one run of one source has read so far: staged here, judged at the end, stored all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from monitor.archive.documents import Document
from monitor.calls import Call


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
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, as a plain Swedish sentence for the coordinator."""

    kind: ProblemKind
    text: str


@dataclass(slots=True)
class Reading:
    """The stage of one run. Spiders fill it; nothing else holds state about a run.

    `seen` counts the rows or entries that the publisher sent, `skipped` holds those that could not be read, by key, with the reason;
    `left_out` those that were read and are nothing to pass on (a vacancy, an event that has been), by key, with what told so, and `asides` those items as the calls they would be; `moved` is where the
    start address has moved for good; `said_empty`: the page itself says that it has nothing now. `unchanged`: every answer was one we had; `not_modified`: the publisher sent nothing at all because nothing changed;
    `hashes` are those of the rows that calls were read from, by key, where the spider tells rows that are as they were;
    `validators` are stored with the run and sent next time, so that they and the data go together. Of two calls with the same key the later one stays.
    """

    calls: dict[str, Call] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    asides: dict[str, Call] = field(default_factory=dict)
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

    def skip(self, key: str, why: str) -> None:
        """Note one row that could not be read; it never stops the source, and what was stored of it stays."""
        self.skipped[key] = why

    def leave_out(self, key: str, why: str, item: Call | None = None) -> None:
        """Note one item that was read and is nothing for this house: no error, and no call, but `item` is kept for who wants it back."""
        self.left_out[key] = why
        if item is not None:
            self.asides[key] = item

    def forget(self, url: str) -> None:
        """Keep nothing of an answer that was refused for what it held."""
        self.documents = [document for document in self.documents if document.url != url]

    @property
    def items(self) -> int:
        """How many items could be read, passed on or not: what says whether the publisher's page still works."""
        return len(self.calls) + len(self.left_out)
