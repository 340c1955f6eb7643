"""Judge rows that were read once: which of them is the best source, and what makes it doubtful. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.collect.quality import Lack, assess, find_lack
from monitor.collect.reading import Problem, SourceReading
from monitor.sources import Source
from monitor.vocabulary import Kind

_MIN_ITEMS = 2
"""Items that a feed or a list gives at least before it is taken for sure."""
_SHARE_OF_A_KIND = 0.2
_MUCH_AHEAD = 0.3
# Where two rows are of the same use: a feed is the surest to read, a page alone the least.
_KIND_ORDER = {"feed": 0, "calendar": 1, "page": 2}
_LACKS = {
    Lack.NOTHING_AHEAD: "Ingenting har en dag framåt just nu.",
    Lack.NOTHING_NEW: "Det nyaste är gammalt.",
    Lack.OTHER_KIND: "Posterna är av ett annat slag än väntat.",
    Lack.THIN: "Posterna har nästan ingen text.",
}
_USE = {Kind.CALL: 5, Kind.PARTNER_SEARCH: 5, Kind.POLICY: 2, Kind.EVENT: 2, Kind.NEWS: 1}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Row of a source that was read once, judged."""

    source: Source
    """The row, with the kinds of its items in `publishes`, the usual first."""
    way: str
    """Way in which it was found, in Swedish."""
    items: int
    ahead: int
    """Items with a day ahead."""
    newest: date | None
    doubts: tuple[str, ...]
    """Doubts about the row as Swedish sentences; none for a row that is sure."""

    @property
    def is_sure(self) -> bool:
        """Return whether nothing makes the row doubtful."""
        return not self.doubts

    @property
    def share_ahead(self) -> float:
        """Return the share of the items that have a day ahead."""
        return self.ahead / self.items if self.items else 0.0


def judge_row(source: Source, way: str, reading: SourceReading, problems: Sequence[Problem], now: datetime) -> Proposal:
    """Return the judgement of a row that was read at `now`, with the kinds of its items in place of the guessed ones."""
    calls = list(reading.calls.values())
    kinds = Counter(call.kind for call in calls)
    usual = tuple(kind for kind, count in kinds.most_common() if count >= len(calls) * _SHARE_OF_A_KIND)
    judged = source.model_copy(update={"publishes": usual or source.publishes})
    quality = assess(judged, reading, now)
    doubts = [problem.text for problem in problems]
    is_list = judged.kind != "page" or bool(judged.links)
    if reading.said_empty and not calls:
        doubts.append("Sidan säger att den är tom just nu.")
    elif not calls and not doubts:
        doubts.append("Inget på adressen räknas som utlysning, nyhet, evenemang eller beslut.")
    if calls and is_list and len(calls) < _MIN_ITEMS:
        doubts.append("Bara en post gick att läsa.")
    lack = find_lack(judged, calls, now) if calls else None
    if lack is not None and (lack is not Lack.THIN or quality.thin == len(calls)):
        doubts.append(_LACKS[lack])
    if judged.links and quality.menus * 2 > reading.items:
        doubts.append(f"{quality.menus} av sidorna ser ut som menyer.")
    elif calls and len(reading.left_out) > 2 * len(calls):
        doubts.append("Det mesta lämnas utanför: det är varken utlysningar, nyheter eller evenemang.")
    return Proposal(judged, way, len(calls), quality.ahead, quality.newest, tuple(dict.fromkeys(doubts)))


def rank(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Return the proposals, the best first: sure ones, then those of most use, then those that are surest to read."""
    return sorted(proposals, key=_order)


def _order(proposal: Proposal) -> tuple[bool, int, int, int, float]:
    source = proposal.source
    use = _USE[source.publishes[0]] if proposal.items else 0
    if source.publishes[0] is Kind.CALL:
        use -= (proposal.share_ahead < _MUCH_AHEAD) + (not proposal.ahead)
    # A sitemap lists all pages that ever were: the page that lists today's is better.
    alone = source.kind == "page" and not source.links
    through_sitemap = source.url.endswith(".xml") and source.kind == "page"
    return (
        not proposal.is_sure,
        -use,
        _KIND_ORDER.get(source.kind, 3) + alone + 2 * through_sitemap,
        -proposal.items,
        -proposal.share_ahead,
    )
