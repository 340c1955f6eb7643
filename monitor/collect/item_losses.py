"""Compare the items of a source that has few of them one by one: what each had in all its last readings and lacks now. Pure.

Shares over all items say nothing of a single page or a list of three: there one item that closes is much of the whole. So the
same items are compared, and one whose round has ended, or that says it is closed, may lose its days and its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from monitor.calls import Call, DeadlineModel
from monitor.language.closed import says_closed

MAX_COMPARED = 10
"""Largest number of items of a reading whose items are measured one by one."""
MIN_READINGS = 4
"""Accepted readings in a row that must all have had a fact."""
MIN_CHARS, LOST_PART = 400, 0.2
"""Length of texts, in characters, from which a fall counts, and the part of it below which it is a loss."""
_DAYS = {"deadline": "sista ansökningsdag", "starts": "starttid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """Facts that one item had in a reading."""

    deadline: bool
    starts: bool
    chars: int
    """Length of its text, in characters."""
    until: str | None
    """Last of its days, as ISO 8601; None for none."""
    closed: bool
    """True when it says that it is closed."""
    rolling: bool
    """True when it says that it takes applications all the time."""

    def has_passed(self, at: datetime) -> bool:
        """Return whether the last of its days has passed at a time."""
        return self.until is not None and datetime.fromisoformat(self.until) < at


def measure_items(items: Mapping[str, Call]) -> dict[str, dict[str, Any]]:
    """Return the facts of each item by its key, as JSON values; none for more items than are compared one by one."""
    return {key: asdict(_facts(call)) for key, call in items.items()} if len(items) <= MAX_COMPARED else {}


def read_items(values: Mapping[str, Mapping[str, Any]] | None) -> dict[str, ItemFacts]:
    """Return the facts that `measure_items` gave, by the key of the item."""
    return {key: ItemFacts(**facts) for key, facts in (values or {}).items()}


def _facts(call: Call) -> ItemFacts:
    days = [day for day in (call.ends or call.starts, *(deadline.at for deadline in call.deadlines)) if day is not None]
    return ItemFacts(
        deadline=bool(call.deadlines),
        starts=call.starts is not None,
        chars=max(len(call.body), len(call.summary)),
        until=max(days).isoformat() if days else None,
        closed=says_closed(f"{call.title}\n{call.summary}\n{call.body}"),
        rolling=call.deadline_model is DeadlineModel.ROLLING,
    )


def find_item_losses(now: Mapping[str, ItemFacts], earlier: Sequence[Mapping[str, ItemFacts]], at: datetime) -> Iterator[str]:
    """Yield in Swedish what the items of a reading have lost that most of them had in each of the last four accepted ones.

    Args:
        now: The items of the reading.
        earlier: Those of the accepted readings before it, oldest first, where they were measured.
        at: Time of the reading.
    """
    last = [items for items in earlier if items][-MIN_READINGS:]
    if len(last) < MIN_READINGS:
        return
    known = [key for key in now if all(key in items for items in last)]
    over = {key for key in known if _is_over(now[key], last[-1][key], at)}
    for name, words in _DAYS.items():
        had = [key for key in known if all(getattr(items[key], name) for items in last)]
        excused = over | {key for key in had if now[key].rolling}
        if _are_most(had, known) and set(had) - excused and not any(getattr(item, name) for item in now.values()):
            yield _describe_lost_day(words, len(now))
    had = [key for key in known if all(items[key].chars >= MIN_CHARS for items in last)]
    lost = [key for key in had if key not in over]
    if _are_most(had, known) and lost:
        usual = median(items[key].chars for items in last for key in lost)
        if all(item.chars < usual * LOST_PART for key, item in now.items() if key not in over):
            chars = round(median(now[key].chars for key in lost))
            yield f"Texterna har blivit korta: omkring {chars} tecken. Förr var de omkring {round(usual)}."


def _is_over(now: ItemFacts, before: ItemFacts, at: datetime) -> bool:
    """Return whether an item may have lost its facts rightly: its days have passed, or it says now that it is closed."""
    return before.has_passed(at) or (now.closed and not before.closed)


def _are_most(part: Sequence[str], whole: Sequence[str]) -> bool:
    return len(part) * 2 > len(whole)


def _describe_lost_day(words: str, number: int) -> str:
    if number == 1:
        return f"Posten har inte längre någon {words}, som den förr alltid hade."
    return f"Ingen av {number} poster har längre {words}. Förr hade de flesta det."
