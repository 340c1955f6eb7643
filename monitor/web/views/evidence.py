"""A hit of a rule with the text around it, as the page of a call and the rule lab show it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.archive.call_documents import read_page
from monitor.archive.connection import Database
from monitor.calls import Call, call_zones
from monitor.documents.wording import place_in
from monitor.matching.match import Evidence
from monitor.web.framework.addresses import document_path
from monitor.web.framework.labels import ZONES
from monitor.web.framework.request import Visit


@dataclass(frozen=True, slots=True)
class EvidenceMark:
    """Hit of a rule in its context."""

    points: str
    """Signed points of the hit, such as "+4" or "-1,5"."""
    before: str
    """Text before the hit, with "… " if it is cut."""
    found: str
    after: str
    """Text after the hit, with " …" if it is cut."""
    where: str = ""
    """Name of the zone, in the page's language."""
    signal: str = ""
    """Id of the signal of the theme."""
    concept: str = ""
    """Id of the concept of the signal that has the word, "" where the signal has the word itself or where it is not shown."""
    address: str = ""
    """Our page of the document that has the hit, "" for a hit in the call's own texts."""


class MarkedTexts:
    """Texts of a call, and the pages of its documents, in which hits are marked."""

    def __init__(self, db: Database, call: Call) -> None:
        self.call = call
        self._db, self._zones = db, call_zones(call)
        self._pages: dict[tuple[str, int], str] = {}

    def mark(self, item: Evidence, context: int, where: str = "", language: str = "sv") -> EvidenceMark:
        """Return a hit as `mark_evidence` does, in the text that it stands in."""
        if not item.document:
            return mark_evidence(item, self._zones.get(item.zone, ""), context, where, language)
        at = (item.document, item.page)
        if at not in self._pages:
            page = read_page(self._db, *at)
            self._pages[at] = page["text"] if page else ""
        return replace(mark_evidence(item, self._pages[at], context, where, language), address=document_path(*at))


def place_of(item: Evidence, visit: Visit) -> str:
    """Return where a hit stands in the page's language: "i rubriken", or the document and the page."""
    if item.document:
        return f"{item.title}, {place_in(item.place, visit.say)}"
    return f"{visit.say('i')} {visit.say(ZONES.get(item.zone, item.zone))}"


def mark_evidence(item: Evidence, text: str, context: int, where: str = "", language: str = "sv") -> EvidenceMark:
    """Return a hit with up to `context` characters of text on either side, none if it has no place in the text."""
    before = after = ""
    if item.start >= 0:
        begin, end = max(0, item.start - context), min(len(text), item.end + context)
        before = ("… " if begin else "") + text[begin : item.start].replace("\n", " ")
        after = text[item.end : end].replace("\n", " ") + (" …" if end < len(text) else "")
    points = f"{item.points:+g}"
    return EvidenceMark(points if language == "en" else points.replace(".", ","), before, item.found, after, where, item.signal)
