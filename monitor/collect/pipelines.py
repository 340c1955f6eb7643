"""Item pipeline that checks and cleans every Call: afterwards it is complete, typed and plain text, and not checked again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from scrapy.exceptions import DropItem

from monitor.calls import FIRST_YEAR, LARGEST_AMOUNT, LAST_YEAR, Call, Link, in_calendar, is_web_address
from monitor.collect.programmes import Programmes
from monitor.collect.reading import LONGEST_KEY
from monitor.collect.text import plain_line, plain_text, repair_surrogates, shorten_words

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from monitor.collect.spider import SourceSpider

_MAX_TITLE_CHARS, _MAX_ADDRESS_CHARS, _MAX_TEXT_CHARS = 500, 2_000, 200_000
# Characters of a field, and of every text within it; of other fields _MAX_TEXT_CHARS.
_MAX_CHARS_BY_FIELD = {
    "title": 2 * _MAX_TITLE_CHARS, "parent_title": 2 * _MAX_TITLE_CHARS, "summary": 10_000, "identifier": 200, "parent": 200,
    "programme": 200, "action": 500, "language": 20, "place": 200, "applicants": 200, "keywords": 200, "location": 500,
    "unread": 50, "url": _MAX_ADDRESS_CHARS,
}  # fmt: skip
_MAX_LIST_LENGTH = 300


class CollectPipeline:
    """Pipeline that puts each valid Call, cleaned, into the reading of its run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of a crawler (called by Scrapy)."""
        return cls(crawler)

    def process_item(self, item: Call) -> Call:
        """Return the cleaned Call, added to the reading.

        Raises:
            DropItem: The Call may not be stored; the reading names it as skipped.
        """
        spider = cast("SourceSpider", self.crawler.spider)
        reading = spider.reading
        problem = reading.read_row(item.call_id or item.url, item_problem, item)
        call = reading.read_row(item.call_id, clean_call, item, spider.programmes) if problem == "" else None
        if call is None:
            if problem:
                reading.skip(item.call_id or item.url, problem)
            raise DropItem(problem or "unread")
        reading.calls[call.call_id] = call
        return call


def item_problem(call: Call) -> str:
    """Return in Swedish why a Call may not be stored, or ""."""
    if not call.call_id or len(call.call_id) > LONGEST_KEY:
        return "saknar nyckel" if not call.call_id else "har en nyckel som är för lång"
    if not call.title.strip():
        return "saknar rubrik"
    if not is_web_address(call.url):
        return f"adressen {call.url[:100]!r} är varken http eller https"
    if len(call.url) > _MAX_ADDRESS_CHARS:
        return "adressen är för lång"
    if any(deadline.at.tzinfo is None for deadline in call.deadlines):
        return "en sista dag saknar tidszon"
    days = [*(deadline.at for deadline in call.deadlines), call.starts, call.ends, call.opens]
    odd = next((day for day in days if not in_calendar(day)), None)
    if odd is not None:
        return f"har en dag utanför åren {FIRST_YEAR}\u2013{LAST_YEAR}: {odd:%Y-%m-%d}"
    budget = call.budget
    shares = (budget.funder_share, budget.own_share)
    amounts = [budget.total, budget.project_min, budget.project_max, budget.grants, *shares, *(pot for _, pot in budget.pots)]
    if any(amount is not None and not 0 <= amount <= LARGEST_AMOUNT for amount in amounts):
        return "har ett orimligt stort belopp"
    return ""


def clean_call(call: Call, programmes: Programmes) -> Call:
    """Return the Call with its texts as plain text of bounded length, unsafe links removed, and its programme as our id.

    The programme comes from the publisher's code where that is known, else from its name in title or summary.
    """
    call = bound_values(call)
    return replace(
        call,
        title=plain_line(call.title)[:_MAX_TITLE_CHARS],
        parent_title=plain_line(call.parent_title)[:_MAX_TITLE_CHARS],
        summary=plain_text(call.summary),
        published=call.published if call.published is None or call.published.year <= LAST_YEAR else None,
        programme=programmes.of_code(call.programme) if call.programme else programmes.named(call.title, call.summary),
        links=tuple(Link(title=plain_line(link.title), url=link.url) for link in call.links if is_web_address(link.url)),
    )


def bound_values(value: Any, max_chars: int = 0) -> Any:
    """Return a Call, or a value of one, with lone surrogates repaired, and texts, words and lists cut to their largest lengths.

    Runs before any regular expression sees the texts.
    """
    if not value:  # most fields of most calls are empty
        return value
    if isinstance(value, str):
        return shorten_words(repair_surrogates(value[: max_chars or _MAX_TEXT_CHARS]))
    if isinstance(value, tuple) and not isinstance(value, Enum):
        return tuple(bound_values(part, max_chars) for part in value[:_MAX_LIST_LENGTH])
    if is_dataclass(value) and not isinstance(value, type):
        values = {field.name: getattr(value, field.name) for field in fields(value)}
        limits = _MAX_CHARS_BY_FIELD
        changed = {name: new for name, old in values.items() if (new := bound_values(old, limits.get(name, 0))) != old}
        return replace(value, **changed) if changed else value
    return value
