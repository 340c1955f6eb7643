"""Numbers of proposals from the portal's updates: submitted, refused, funded, with the sentence that says so.

An update is copied to every topic of its call, and repeats the numbers of earlier ones: a number counts once. Labels and
accreditations give no money, and are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CODE = r"[A-Z][A-Z0-9]*(?:[-_][A-Za-z0-9]+){2,}"
_COUNT = r"(\d{1,3}(?:[ .,\u00a0]\d{3})+|\d+)"
_SUBMITTED = (
    re.compile(rf"number of proposals submitted:?\s*{_COUNT}", re.IGNORECASE),
    re.compile(rf"(?<!with )\b{_COUNT} proposals?(?: (?:have been|were|was|has been))? (?:submitted|received)", re.IGNORECASE),
    re.compile(rf"(?:received|submitted):?\s*{_COUNT} proposals?\b", re.IGNORECASE),
)
_PARTS = {
    "inadmissible": re.compile(rf"number of inadmissible proposals:?\s*{_COUNT}", re.IGNORECASE),
    "ineligible": re.compile(rf"number of ineligible proposals:?\s*{_COUNT}", re.IGNORECASE),
    "above": re.compile(rf"number of (?:above[- ]threshold proposals|proposals above threshold):?\s*{_COUNT}", re.IGNORECASE),
    "below": re.compile(rf"number of (?:below[- ]threshold proposals|proposals below threshold):?\s*{_COUNT}", re.IGNORECASE),
    "funded": re.compile(
        rf"number of (?:accepted|funded|retained|selected) proposals:?\s*{_COUNT}"
        rf"|{_COUNT} proposals (?:have been|were) (?:selected|retained|proposed) for funding",
        re.IGNORECASE,
    ),
}
_BREAKDOWN = re.compile(rf"({_CODE})(?:\s[-–]\s[^:·;]{{1,90}}?)?\s*:?\s+{_COUNT} proposals?\b")
_LABEL = re.compile(r"LABEL|CERT|ACCR|-QUAL-", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?")
_MAX_SENTENCE = 300
_FEWEST_FOR_SHARE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    """Proposals of one closed call or cut-off; None where the update does not say."""

    submitted: int
    parts: tuple[tuple[str, int], ...] = ()
    """Topics of the call with their numbers of proposals."""
    inadmissible: int | None = None
    ineligible: int | None = None
    above: int | None = None
    """Proposals above the threshold of points, which need not have been funded."""
    below: int | None = None
    funded: int | None = None
    is_label: bool = False
    """True for a label or an accreditation, which gives no money."""
    sentence: str
    """Sentence of the publisher that has the number."""

    @property
    def percent(self) -> int | None:
        """Return how many per cent of the proposals were funded, None when unknown."""
        if self.funded is None or self.submitted < _FEWEST_FOR_SHARE or self.funded > self.submitted:
            return None
        return round(100 * self.funded / self.submitted)


def read_competition(text: str, code: str = "") -> Competition | None:
    """Return the numbers of proposals that an update states, None for an update without them.

    Args:
        text: Plain text of the update.
        code: Code of the topic that it stands on, which tells a label from money.
    """
    match = next((found for pattern in _SUBMITTED if (found := pattern.search(text))), None)
    if match is None:
        return None
    named = {name: _number(found) for name, pattern in _PARTS.items() if (found := pattern.search(text))}
    # A part without "proposals" before it is a number of the call itself; the call's own code is no topic of it.
    parts = tuple((part.upper(), _whole(count)) for part, count in _BREAKDOWN.findall(text))
    return Competition(
        submitted=_number(match),
        parts=parts if len(parts) > 1 and sum(count for _, count in parts) == _number(match) else (),
        inadmissible=named.get("inadmissible"),
        ineligible=named.get("ineligible"),
        above=named.get("above"),
        below=named.get("below"),
        funded=named.get("funded"),
        is_label=bool(_LABEL.search(code) or re.search(r"quality label|accreditation|erasmus charter", text, re.IGNORECASE)),
        sentence=_sentence(text, match.start()),
    )


def distinct_competitions(updates: Iterable[tuple[str, str]]) -> list[tuple[str, Competition]]:
    """Return the numbers of updates given as code and text, each text once, however many topics it was copied to."""
    found: dict[str, tuple[str, Competition]] = {}
    for code, text in updates:
        mark = " ".join(text.split()).casefold()
        if mark not in found and (competition := read_competition(text, code)):
            found[mark] = (code, competition)
    return list(found.values())


def _number(match: re.Match[str]) -> int:
    return _whole(next(group for group in match.groups() if group is not None))


def _whole(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


def _sentence(text: str, at: int) -> str:
    """Return the sentence around a place; a full stop inside a date or a sum does not end it."""
    for match in _SENTENCE.finditer(text):
        if match.start() <= at < match.end():
            line = " ".join(match.group().split())
            return line if len(line) <= _MAX_SENTENCE else line[: _MAX_SENTENCE - 1].rsplit(" ", 1)[0] + "…"
    return ""
