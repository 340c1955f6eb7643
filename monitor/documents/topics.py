"""Topics that a document of several calls speaks of: which of its statements are of one call.

A call document of the Commission often serves all topics of a call. What stands below the identifier of another topic, or in a
sentence that names it, is no fact of this one; and a sum that no identifier ties to a topic is of all of them together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitor.documents.model import DocumentPage

_NAME = r"[A-Z][A-Z0-9]{1,11}(?:-\n?[A-Za-z0-9+]{1,20}){1,9}(?![\w-])"
_NAMED = re.compile(rf"(?<![\w/-]){_NAME}")
_HEADED = re.compile(
    r"^[ \t]*(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|topics?|calls?|call for proposals|ämne|utlysning|[(\[•–-])[ \t:]*){0,3}"
    rf"(?P<name>{_NAME})",
    re.IGNORECASE | re.MULTILINE,
)
_YEAR = re.compile(r"-20[2-4]\d(?:-|$)")
_MAIN_HEADING = re.compile(r"^[ \t]*\d{1,2}\.?[ \t]+[A-ZÅÄÖ][^\n|]{2,80}(?<![.;:,\d])$", re.MULTILINE)
"""Heading of a main section, where what is said of one topic ends."""
_ANNEX = re.compile(r"^[ \t]*(?:annex|appendix|bilaga)\b(?![^\n]*(?:example|exempel))", re.IGNORECASE | re.MULTILINE)
_EXAMPLES = re.compile(r"^[ \t]*(?:annex|appendix|bilaga)\b[^\n]{0,60}(?:example|exempel)", re.IGNORECASE | re.MULTILINE)
NO_CALL = "*"
"""Topic of examples, which are of no call."""
_FULL = 60
"""Characters of a line that is full: the next one goes on with its sentence."""


@dataclass(frozen=True, slots=True)
class PageTopics:
    """Topics of one page: the places from which a topic, or none (""), is spoken of, and every name in its order."""

    starts: tuple[int, ...]
    heads: tuple[str, ...]
    places: tuple[int, ...]
    names: tuple[str, ...]

    def head_of(self, place: int) -> str:
        """Return the topic that the section or the row of a place is headed with; "" for none."""
        return self.heads[bisect_right(self.starts, place) - 1]

    def named_between(self, start: int, end: int) -> tuple[str, ...]:
        """Return the topics that are named between two places, each once."""
        first, last = bisect_right(self.places, start - 1), bisect_right(self.places, end - 1)
        return tuple(dict.fromkeys(self.names[first:last]))

    @property
    def last(self) -> str:
        """Return the topic that the next page goes on with."""
        return self.heads[-1]


def find_topics(page: DocumentPage, before: str) -> PageTopics:
    """Return the topics of a page; `before` is the one that the page before ends with."""
    text = page.text
    named = [(found.start(), name) for found in _NAMED.finditer(text) if _is_topic(name := _plain(found[0]))]
    marks = [(found.start(), "") for found in _MAIN_HEADING.finditer(text)]
    marks += [(found.start(), NO_CALL) for found in _EXAMPLES.finditer(text)]
    marks += [(found.start(), "") for found in _ANNEX.finditer(text)]
    if named:
        marks += [
            (found.start(), name)
            for found in _HEADED.finditer(text)
            if _is_topic(name := _plain(found["name"])) and not _is_wrapped(text, found.start())
        ]
    head = _label_topic(page.label) if page.label else before
    starts, heads = [-1], [head]
    for place, name in sorted(marks):
        # The running header of a call does not end what is said of one of its topics.
        if not (name and heads[-1].startswith(f"{name}-")):
            starts.append(place)
            heads.append(name)
    return PageTopics(tuple(starts), tuple(heads), tuple(place for place, _ in named), tuple(name for _, name in named))


def _label_topic(label: str) -> str:
    """Return the topic that the heading of a section names."""
    if _EXAMPLES.search(label):
        return NO_CALL
    return next((name for found in _NAMED.finditer(label) if _is_topic(name := _plain(found[0]))), "")


def _is_wrapped(text: str, start: int) -> bool:
    """Return whether a line goes on with the sentence of the full line above it."""
    above = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : max(0, start - 1)].rstrip()
    return len(above) >= _FULL and above[-1] not in ".:;|)"


def _plain(name: str) -> str:
    return name.replace("\n", "").upper()


def _is_topic(name: str) -> bool:
    return _YEAR.search(name) is not None


def several(names: Iterable[str]) -> bool:
    """Return whether names are of several topics; a call and one topic of it count as one."""
    known = set(names)
    return sum(not any(other.startswith(f"{name}-") for other in known) for name in known) > 1


def concerns(topics: Collection[str], identifiers: Collection[str]) -> bool:
    """Return whether a statement about these topics is about a call with these identifiers, its own and that of its parent.

    A statement without a topic is about every call of its document, and so is one about the call that a topic is part of.
    """
    own = {name.upper() for name in identifiers if name}
    return not topics or any(name == topic or name.startswith(f"{topic}-") for topic in topics for name in own)
