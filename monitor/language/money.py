"""Sums of money and rates in running text, with currency and purpose. Shares are rates, never amounts.

Reading has three steps: each figure with its unit (`money_figures`), spans of two figures (`_items`), and the role that the
sentence gives to a sum.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from monitor.language.money_figures import LARGEST_SUM, LOOK_BACK, Figure, read_figures
from monitor.language.money_words import (
    DASHES,
    PATTERNS,
    holds,
    is_fixed,
    is_least,
    krona_of,
)
from monitor.language.segments import Segment, split_segments

_MILLION = 10**6
_BOUND_BACK = 80
"""Characters between a word like "högst" and its sum, at most."""
_CHOICES, _MAX_CHOICES = 3, 6
"""Fixed sums of which one is chosen: so many are known as such by their verb alone, and at most."""
# Languages in which a bare million is the neighbour's krona.
_NEIGHBOURS = ("da", "nb", "nn", "no")
_SWEDISH_MILLIONS = re.compile("miljon|miljard|milj|mdr|mn")
_NEIGHBOUR_MILLIONS = re.compile("mill|mio|mdr|mia|mrd")
# Between a sum and words about each project, these begin another statement: "30 miljoner kronor och varje projekt ska söka ...".
_ANOTHER = re.compile(
    r"[;,]\s*(?:och|and|og|men|but|där|while|med)\b|"
    r"\b(?:och|and|og|men|but|medan|while|mens)\s+"
    r"(?:varje|ett|en|et|hvert?|each|every|a|för|støtte|stöd|bidrag|tilskud|tilskudd|grants?|support)\b|[0-9]{2}",
    re.IGNORECASE,
)


class AmountRole(StrEnum):
    """Purpose of an amount: the whole pot, the money for one project, or a share in per cent; UNKNOWN where no word tells."""

    TOTAL = "total"
    PROJECT = "project"
    RATE = "rate"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAmount:
    """Sum or span of sums, or percentage, of a text, with its offsets and the words between them."""

    start: int
    end: int
    text: str
    amount: int | None = None
    """Sum in whole units of the currency; of a span its lower end. None for a percentage."""
    amount_max: int | None = None
    """Upper end of a span."""
    currency: str = ""
    """ISO 4217 code; empty where it is not known."""
    role: AmountRole = AmountRole.UNKNOWN
    rate: Decimal | None = None
    """Per cent; of a span its upper end."""
    rate_from: Decimal | None = None
    """Lower end of a span of percentages."""
    others: tuple[FoundAmount, ...] = ()
    """The same sum stated again in other currencies."""
    least: bool = False
    """It is a lower bound: "minst", "eller mer"."""
    most: bool = False
    """It is an upper bound: "högst"."""
    fixed: bool = False
    """Everyone gets exactly this sum."""
    about: bool = False
    """It is near the sum that is meant, and no bound: "omkring"."""
    yearly: bool = False
    """It is the sum for one year of several."""
    added: bool = False
    """It adds to a sum that is told elsewhere: "ytterligare"."""
    aside: bool = False
    """It is of earlier days, of costs, or a part that is paid at a time: it says nothing of what others get."""

    @property
    def bounded(self) -> bool:
        """Return whether it is a bound or a span."""
        return self.most or self.least or self.amount_max is not None


def find_amounts(text: str, language: str = "") -> list[FoundAmount]:
    """Return the sums and rates of a text, in order.

    `language` ("sv", "en", "da", "nb" or "") decides which country's krona a bare "kr" is. Swedish millions without a currency
    are kronor, unless the text counts in another currency elsewhere or the sentence counts people. A sum whose currency is not
    known has none ("") or is left out.
    """
    words = text.translate(DASHES)
    segments = split_segments(words)
    found = list(_items(list(read_figures(words, language)), words))
    found = _with_currency(found, words, segments, language)
    found = [replace(item, text=text[item.start : item.end]) for item in found]
    return _with_restated(_with_roles(found, words, segments), words)


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _items(figures: Sequence[Figure], words: str) -> Iterator[FoundAmount]:
    """Yield sums, rates and spans; figures that are neither are left out."""
    place = 0
    while place < len(figures):
        first = figures[place]
        second = figures[place + 1] if place + 1 < len(figures) else None
        link = (
            PATTERNS["link"].fullmatch(words, first.end, second.start)
            if second and second.start - first.end < LOOK_BACK
            else None
        )
        between = (
            link is not None and PATTERNS["between"].search(words[max(0, first.start - LOOK_BACK) : first.start]) is not None
        )
        if second is not None and link is None and (link := _upper_link(first, second, words)) is not None:
            between = True
        if (choice := _choice(figures, place, words)) is not None:
            yield choice[0]
            place += choice[1]
            continue
        if second is not None and link is not None and (item := _span(first, second, link, words, between=between)) is not None:
            yield item
            place += 2
            continue
        if (item := _single(first, words)) is not None:
            yield item
        # "2021-27 miljoner": a figure joined to a number that is no sum is not read alone.
        glued = (
            second is not None and link is not None and link[0] == "-" and not first.has_unit and not _is_numbered(first, words)
        )
        place += 2 if glued else 1


def _upper_link(first: Figure, second: Figure, words: str) -> re.Match[str] | None:
    """Return the words between a lower bound without a unit and the upper one: "lägst 150 000 och högst 500 000 kronor"."""
    if first.has_unit or first.is_year or second.start - first.end > 2 * LOOK_BACK:
        return None
    if not is_least(words[max(0, first.start - LOOK_BACK) : first.start]):
        return None
    return PATTERNS["upper_link"].fullmatch(words, first.end, second.start)


def _choice(figures: Sequence[Figure], place: int, words: str) -> tuple[FoundAmount, int] | None:
    """Return fixed sums of which one is chosen as a span, and the number of figures; only the last one needs a currency."""
    last = place
    closed, either = False, True
    while not closed and last + 1 < len(figures) and last - place < _MAX_CHOICES:
        first, second = figures[last], figures[last + 1]
        link = PATTERNS["choice_link"].fullmatch(words, first.end, second.start) if second.start - first.end < LOOK_BACK else None
        if link is None or first.scale or first.percent or first.is_year:
            return None
        last += 1
        closed = link["comma"] is None
        either = not closed or link["either"] is not None
    run = figures[place : last + 1]
    currencies = {figure.stated for figure in run if figure.stated}
    if not closed or len(currencies) != 1 or run[-1].percent:
        return None
    before = words[max(0, run[0].start - _BOUND_BACK) : run[0].start]
    if not either and not PATTERNS["choose"].search(before):
        return None  # "60 000 euro and 120 000 euro" are two sums
    if not PATTERNS["choice"].search(before) and (len(run) < _CHOICES or not PATTERNS["choice_far"].search(before)):
        return None
    sums = [_whole(figure.number * (run[-1].factor if figure.number < 1000 else figure.factor)) for figure in run]
    if sums != sorted(sums) or sums[-1] > LARGEST_SUM:
        return None
    return FoundAmount(
        start=run[0].start, end=run[-1].end, text="", amount=sums[0], amount_max=sums[-1], currency=currencies.pop()
    ), len(run)


def _single(figure: Figure, words: str) -> FoundAmount | None:
    if figure.percent:
        return FoundAmount(start=figure.start, end=figure.end, text="", role=AmountRole.RATE, rate=figure.number)
    if figure.stated is None and not _is_unnamed_money(figure, words):
        return None
    return FoundAmount(
        start=figure.start,
        end=figure.end,
        text="",
        amount=_whole(figure.number * figure.factor),
        currency=figure.stated or "",
    )


def _is_unnamed_money(figure: Figure, words: str) -> bool:
    return figure.scale >= _MILLION and PATTERNS["no_noun"].match(words, figure.end) is not None


def _is_numbered(figure: Figure, words: str) -> bool:
    """Tell whether a figure is the number of a part: "del 2"."""
    return PATTERNS["part"].search(words[max(0, figure.start - LOOK_BACK) : figure.start]) is not None


def _span(first: Figure, second: Figure, link: re.Match[str], words: str, *, between: bool) -> FoundAmount | None:
    """Return the span that two figures make, or None where they are two sums.

    The first figure may have its unit from the second ("5-10 miljoner kronor"). The second has its unit from the first only where
    a currency is before the first ("EUR 100 000 - 200 000") and no counted noun behind: "60 000 euro till 2 500 kommuner" is no
    span.
    """
    if first.percent or second.percent:
        return _rate_span(first, second)
    if link["both"] and not between:
        return None
    if not first.has_unit and not between and (first.is_year or _is_numbered(first, words)) and (second.scale or not second.bare):
        return None
    follows = _follows_prefix(first, second, words) or (
        between and second.scale > 0 and first.lead is not None and first.currency is None
    )
    if second.stated is None and not follows and not _is_unnamed_money(second, words):
        return None
    if first.stated is not None and second.stated is not None and first.stated != second.stated:
        return None
    top = second.number * (second.factor if second.has_unit else max(first.lead_scale, 1))
    bottom = first.number * _low_factor(first, second)
    if bottom > top or top > LARGEST_SUM:
        return None
    return FoundAmount(
        start=first.start,
        end=second.end,
        text="",
        amount=_whole(bottom),
        amount_max=_whole(top),
        currency=second.stated or first.stated or "",
    )


def _rate_span(first: Figure, second: Figure) -> FoundAmount | None:
    if not second.percent or (first.has_unit and not first.percent) or not first.number < second.number <= 100:
        return None
    return FoundAmount(
        start=first.start, end=second.end, text="", role=AmountRole.RATE, rate=second.number, rate_from=first.number
    )


def _follows_prefix(first: Figure, second: Figure, words: str) -> bool:
    """Tell whether a currency before the first figure counts for the second too."""
    return (
        first.lead is not None
        and first.currency is None
        and not second.is_year
        and (second.scale > 0 or first.scale == 0)
        and PATTERNS["no_noun"].match(words, second.end) is not None
    )


def _low_factor(first: Figure, second: Figure) -> int:
    """Return the factor of a span's first figure, which may be that of the second: "5-10 miljoner", not "500 till 2 miljoner"."""
    if first.scale or first.lead_scale:
        return first.factor
    if first.currency is not None or first.number >= 1000:
        return 1
    return second.factor


def _with_currency(found: Sequence[FoundAmount], words: str, segments: Sequence[Segment], language: str) -> list[FoundAmount]:
    """Return the sums, those without a currency in kronor where the text is Swedish and has no other currency, else in ""."""
    known = {item.currency for item in found if item.amount is not None and item.currency}
    krona = krona_of(language, words)["KRONER"] if language in _NEIGHBOURS else "SEK"
    ours = language in ("", "sv", *_NEIGHBOURS) and known <= {krona}
    settled = []
    for item in found:
        if item.amount is not None and not item.currency:
            piece, segment = words[item.start : item.end].casefold(), _segment(item, segments, words)
            sentence = words[segment.start : segment.end]
            if PATTERNS["counted"].search(sentence) and not PATTERNS["money"].search(sentence):
                continue
            if ours and (_NEIGHBOUR_MILLIONS if language in _NEIGHBOURS else _SWEDISH_MILLIONS).search(piece):
                item = replace(item, currency=krona)
        settled.append(item)
    return settled


def _segment(item: FoundAmount, segments: Sequence[Segment], words: str) -> Segment:
    """Return the sentence or line in which an item begins."""
    place = bisect_right(segments, item.start, key=lambda segment: segment.start) - 1
    found = segments[place] if place >= 0 else None
    return found if found is not None and item.start < found.end else Segment(item.start, item.end, True)


class _Cues:
    """Offsets of the words of a sentence that tell the pot from the money for one project."""

    def __init__(self, words: str, segment: Segment) -> None:
        sentence, self._words = words[segment.start : segment.end], words
        self._spans = {
            role: [(segment.start + hit.start(), segment.start + hit.end()) for hit in PATTERNS[table].finditer(sentence)]
            for role, table in ((AmountRole.TOTAL, "total"), (AmountRole.PROJECT, "project"))
        }

    def before(self, place: int) -> AmountRole | None:
        """Return the role whose words are last before an offset; None without such words."""
        ends = {role: spans[at - 1][1] for role, spans in self._spans.items() if (at := bisect_left(spans, (place, 0)))}
        return max(ends, key=lambda role: ends[role], default=None)

    def after(self, place: int, width: int = 60) -> AmountRole | None:
        """Return the role whose words are first within `width` characters behind an offset; None in another statement."""
        starts = {
            role: spans[at][0]
            for role, spans in self._spans.items()
            if (at := bisect_left(spans, (place, 0))) < len(spans) and spans[at][1] <= place + width
        }
        role = min(starts, key=lambda role: starts[role], default=None)
        another = role is AmountRole.PROJECT and _ANOTHER.search(self._words, place, starts[role] + 8)
        return None if another else role


def _with_roles(found: Sequence[FoundAmount], words: str, segments: Sequence[Segment]) -> Iterator[FoundAmount]:
    cues: dict[Segment, _Cues] = {}
    for item in found:
        segment = _segment(item, segments, words)
        if segment not in cues:
            cues[segment] = _Cues(words, segment)
        yield _with_role(item, words, segment, cues[segment])


_NOT_OF_ALL = ("past", "other_side", "some_projects")
"""Patterns of sentences on money of the past, of another country's side, or of some projects only."""


def _with_role(item: FoundAmount, words: str, segment: Segment, cues: _Cues) -> FoundAmount:
    if item.role is AmountRole.RATE:
        return item
    before = words[max(segment.start, item.start - _BOUND_BACK) : item.start]
    after = words[item.end : min(segment.end, item.end + _BOUND_BACK)]
    item, sentence = _bounded(item, before, after), words[segment.start : segment.end]
    if item.amount_max is not None and PATTERNS["is_difference"].search(before):
        item = replace(item, amount=item.amount_max, amount_max=None)  # "raised by EUR 3 million to EUR 15 million"
    elif _is_aside(before, after):
        return replace(item, aside=True)
    of_cost = holds("own_cost", before) or PATTERNS["in_costs"].match(after) is not None
    if _is_refused(before, after) and not of_cost:
        return replace(item, role=AmountRole.PROJECT)
    if of_cost:
        return replace(item, aside=True)
    if _is_of_none(before, after, sentence):
        return item
    if (of_each := _role_of_each(item, before, after)) is not None:
        return of_each
    if PATTERNS["whole_project"].match(after) or _is_of_all_years(item, words, segment, after):
        return replace(item, role=AmountRole.PROJECT)
    if _is_pot(item, before, words[item.end : item.end + _BOUND_BACK]):
        return replace(item, role=AmountRole.TOTAL)
    if item.yearly and PATTERNS["several_years"].match(after):
        return item
    role = cues.before(item.start) or cues.after(item.end) or _role_of_bounds(item, before, after, sentence)
    lump = PATTERNS["lump"].match(after) is not None and not item.bounded
    fixed = lump or (role is not AmountRole.TOTAL and _is_fixed(item, before, after, each=False))
    return replace(item, role=AmountRole.PROJECT if fixed else role, fixed=fixed)


def _is_aside(before: str, after: str) -> bool:
    """Tell whether a sum is of earlier days, paid at a time, or only the difference from an earlier sum."""
    return (
        any(holds(name, before) for name in ("is_former", "is_instalment", "is_difference"))
        or PATTERNS["differs"].match(after) is not None
    )


def _is_of_all_years(item: FoundAmount, words: str, segment: Segment, after: str) -> bool:
    """Tell whether a sum is the most of one project for all its years, behind the most for one of them."""
    before = words[segment.start : item.start]
    if PATTERNS["whole_period"].match(after) is None and not holds("whole_before", before):
        return False
    return holds("of_one_year", before) and holds("any_most", before)


def _is_of_none(before: str, after: str, sentence: str) -> bool:
    """Tell whether a sum is neither the pot's nor one project's: asked for, part of another, usual, past, of other places."""
    return any(
        (
            holds("asked", before),
            holds("part_of", before),
            PATTERNS["unit_rate"].match(after),
            holds("unit_before", before),
            PATTERNS["in_costs"].match(after),
            holds("is_usual", before),
            *(holds(name, sentence) for name in _NOT_OF_ALL),
        )
    )


def _role_of_each(item: FoundAmount, before: str, after: str) -> FoundAmount | None:
    """Return a sum that is said of each project or of each of something else, with its role; None for any other sum."""
    if PATTERNS["per"].match(after):
        each = not re.search(r"\bpro[sj]{1,2}[ej]", after, re.IGNORECASE)
        return replace(item, role=AmountRole.PROJECT, fixed=item.fixed or _is_fixed(item, before, after, each=each))
    if (item.most or item.amount_max is not None) and PATTERNS["in_project"].match(after):
        return replace(item, role=AmountRole.PROJECT)
    if PATTERNS["each_behind"].match(after) or PATTERNS["each_before"].search(before):
        return _of_each(item, before, after)
    if PATTERNS["of_partner"].search(before):
        return item
    if (counted := PATTERNS["per_any"].match(after)) is not None:
        fixed = _is_fixed(item, before, after, each=False)
        of_one = (item.most or fixed) and PATTERNS["handed_on"].match(after, counted.end() - 3) is None
        return replace(item, role=AmountRole.PROJECT, fixed=item.fixed or fixed) if of_one else item
    return None


def _role_of_bounds(item: FoundAmount, before: str, after: str, sentence: str) -> AmountRole:
    """Return the role of a sum whose sentence has no words of either: by its bounds, its label, or the fund that it is of."""
    if item.amount_max is not None and PATTERNS["asked_label"].search(before):
        return AmountRole.PROJECT
    of_project = item.most or (
        ((item.least and not PATTERNS["too_large"].search(before)) or item.amount_max is not None)
        and (holds("granted", sentence) or PATTERNS["upper_link"].match(after) is not None)
    )
    labelled = before[:-1].strip().endswith(":") and (
        not holds("granted_label", before) or PATTERNS["per_year"].match(after) is not None
    )
    if of_project and not labelled:
        return AmountRole.PROJECT
    of_all = PATTERNS["of_fund"].match(after) or PATTERNS["in_all"].match(after)
    return AmountRole.TOTAL if of_all and not item.bounded else AmountRole.UNKNOWN


def _is_pot(item: FoundAmount, before: str, after: str) -> bool:
    """Tell whether the words next to a sum make it the pot, whatever else its sentence says."""
    if PATTERNS["share_of"].search(before):
        return True
    if item.bounded:
        return False
    return any(PATTERNS[name].match(after) is not None for name in ("is_left", "so_much", "pot_behind", "is_shared"))


def _of_each(item: FoundAmount, before: str, after: str) -> FoundAmount:
    """Return a sum that each of several gets: never the pot, and unclear where each of them hands it out in turn."""
    outside = PATTERNS["each_behind"].match(after)
    if outside and " " in outside[0].strip() and not PATTERNS["each_whom"].match(after):
        return item
    fixed = not item.bounded and not holds("apart", before) and PATTERNS["apart"].match(after.lstrip(" ,(")) is None
    return replace(item, role=AmountRole.PROJECT, fixed=fixed)


def _bounded(item: FoundAmount, before: str, after: str) -> FoundAmount:
    """Return a sum with the bounds that the words next to it state."""
    if _is_refused(before, after):
        small = holds("too_small", before)
        return replace(item, least=small, most=not small)
    most = holds("is_most", before) or PATTERNS["most_behind"].match(after) is not None
    least = not most and (is_least(before) or PATTERNS["more"].match(after) is not None)
    return replace(
        item,
        most=most,
        least=least,
        about=not (most or least or item.amount_max) and holds("is_about", before),
        yearly=PATTERNS["yearly"].match(after) is not None or holds("year_before", before),
        added=holds("is_added", before),
    )


def _is_refused(before: str, after: str) -> bool:
    """Tell whether sums below or above this one are refused: "bidrag under 50 000 kr beviljas inte"."""
    bound = (holds("too_small", before) or holds("too_large", before)) and not holds("is_most", before)
    clause = re.split(r"[,;]", after, maxsplit=1)[0]
    refused = holds("refused", before) or holds("refused", clause)
    return bool(bound) and not holds("denied", before) and refused and not holds("payment", clause)


def _is_fixed(item: FoundAmount, before: str, after: str, *, each: bool) -> bool:
    return not item.bounded and is_fixed(before, after, each=each)


def _with_restated(found: Iterable[FoundAmount], words: str) -> list[FoundAmount]:
    """Return the sums; those that only repeat the one before in another currency are in its `others`."""
    merged: list[FoundAmount] = []
    for item in found:
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.amount is not None
            and item.amount is not None
            and {last.currency, item.currency} - {""} == {last.currency, item.currency}
            and last.currency != item.currency
            and PATTERNS["restated"].fullmatch(words[last.end : item.start])
        ):
            merged[-1] = replace(last, others=(*last.others, item))
        else:
            merged.append(item)
    return merged
