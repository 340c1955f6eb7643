"""Shares that the funder and the applicant pay, in per cent, with the words that say so.

In Swedish, Danish and Norwegian *medfinansiering* is the applicant's share; in the EU's English a *co-financing rate* is the
EU's, while in "applicants must co-finance 20 %" it is their own. A share is therefore never read from the word alone: the words
around it decide who pays, and where they do not, no share is read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitor.language.cofinancing import Payer, find_named_shares, is_part_of_share
from monitor.language.money_words import DASHES, is_least
from monitor.language.money_words import PATTERNS as MONEY_PATTERNS
from monitor.language.number_words import parse_number
from monitor.language.segments import Segment, split_segments
from monitor.language.share_words import COSTS, FIGURES_LAST, KIND_OF_COSTS, NAME_LAST, PATTERNS


@dataclass(frozen=True, slots=True)
class Shares:
    """Stated shares of the costs in per cent, each with its words as published; None where none, or more than one, is stated."""

    funder: int | None = None
    """The most that the funder pays, 1 to 100."""
    own: int | None = None
    """The least that the applicant pays, 0 to 100; 0 where the text says that nothing is asked for."""
    funder_text: str = ""
    own_text: str = ""


@dataclass(frozen=True, slots=True)
class _Rate:
    """Percentage with its offsets; `value` is None for a span, a fraction or a number above 100.

    `least` tells that it is a lower bound ("minst"), `most` that it is an upper one, or what a lower share can rise to.
    """

    start: int
    end: int
    value: int | None
    least: bool
    most: bool = False


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that tell who pays, with their offsets. A weak cue counts only where no other is in its clause."""

    start: int
    end: int
    payer: Payer
    weak: bool = False


_PARTS = {"quarters": 75, "quarter": 25, "half": 50, "whole": 100}
_DASH = re.compile(f"[{''.join(map(chr, DASHES))}]")
_LOOK_BACK = 48
_MAX_QUOTE_CHARS = 160
_LABEL = 60
_HALF = 50
_CASE = 90
_ASKED = 3
"""Words of a question that is a label."""
"""Characters between the shares of two cases, at most."""


@dataclass(frozen=True, slots=True)
class ShareStatement:
    """Share as stated, with the offsets of the words that it was read from."""

    own: bool
    """It is what the applicant pays."""
    value: int | None
    """Per cent; None for a span."""
    quote: str
    start: int
    end: int
    is_ours: bool | None = None
    """True for a share of Swedish partners alone, False for one of another country's, None where neither is said."""
    most: bool = False
    """It is stated as an upper bound."""


def find_shares(text: str) -> Shares:
    """Return the shares that a text in Swedish, English, Danish or Norwegian states; a span ("30-50 procent") gives none.

    Of several upper bounds of the funder's share ("högst 50 procent, för våtmarker högst 90") the highest is taken.
    """
    found: dict[bool, dict[int, str]] = {False: {}, True: {}}
    several: set[bool] = set()
    bounded = False
    ours: set[int] = set()
    others: set[int] = set()
    beside: bool | None = None
    for said in list_shares(text):
        if said.own and PATTERNS["is_municipality"].match(said.quote):
            beside = _pays_beside(text) if beside is None else beside
            if beside:
                continue
        if said.value is None:
            several.add(said.own)
            continue
        found[said.own].setdefault(said.value, said.quote)
        bounded = bounded or (said.most and not said.own)
        if said.is_ours is not None:
            (ours if said.is_ours else others).add(said.value)
    found[False] = _of_our_side(found[False], ours, others)
    lowest = min(found[False], default=0)
    if bounded and found[False]:
        highest = max(found[False])
        found[False] = {highest: found[False][highest]}
    funder, own = (_only({} if payer in several else values) for payer, values in found.items())
    if funder and own and lowest + own[0] > 100:
        return Shares()  # a contradiction: one of them is of something else
    return Shares(
        funder=funder[0] if funder else None,
        own=own[0] if own else None,
        funder_text=funder[1] if funder else "",
        own_text=own[1] if own else "",
    )


@lru_cache(maxsize=512)
def _names_kind_of_costs(words: str) -> bool:
    """Tell whether the words before a percentage name a kind of costs; tables and noise repeat them by the thousand."""
    return KIND_OF_COSTS.search(words) is not None


def _pays_beside(text: str) -> bool:
    """Tell whether the municipality pays beside the applicant: others apply, and no municipality is said to."""
    return PATTERNS["has_other_applicant"].search(text) is not None and PATTERNS["has_municipal_applicant"].search(text) is None


def list_shares(text: str) -> Iterator[ShareStatement]:
    """Yield every share that a text states."""
    words = _DASH.sub("-", text)
    percents, parts = list(MONEY_PATTERNS["percent"].finditer(words)), list(PATTERNS["part"].finditer(words))
    segments = split_segments(words) if percents or parts else []
    rates = _find_rates(words, segments, percents, parts)
    last: tuple[int, _Rate] | None = None
    for place in sorted(rates):
        sentence = _Sentence(words, segments[place], rates[place])
        label = _Sentence(words, segments[place - 1], ()) if place and _is_label(words, segments, place, rates) else None
        for item in rates[place]:
            payer, quote = sentence.payer_of(item, label)
            if payer is Payer.FUNDER and item.least:
                payer = Payer.NOBODY  # "minst 60 procent ska komma från annat håll": what the funder pays has an upper bound
            if payer is Payer.NOBODY and last is not None and place - last[0] <= 1:
                payer, quote = sentence.payer_of_case(item, last[1], words)
            if payer is Payer.NOBODY:
                continue
            if payer is Payer.FUNDER and item.value is not None:
                last = place, item
            side = sentence.side_of(item) if payer is Payer.FUNDER and item.value is not None else None
            start = segments[place - 1].start if label is not None and not sentence.has_cues else item.start
            yield ShareStatement(payer is Payer.OWN, item.value, quote, start, item.end, side, item.most)
    for hit in PATTERNS["labelled"].finditer(words):
        yield ShareStatement(False, int(hit["value"]), " ".join(hit[0].split()), *hit.span())
    for hit in PATTERNS["none_asked"].finditer(words):
        if not PATTERNS["but"].match(words, hit.end()):
            yield ShareStatement(True, 0, " ".join(hit[0].split()), *hit.span())


def _find_rates(
    words: str, segments: Sequence[Segment], percents: Iterable[re.Match[str]], parts: Iterable[re.Match[str]]
) -> dict[int, list[_Rate]]:
    """Return the percentages of a text by the number of their sentence: in figures, and parts such as "half of the costs"."""
    starts = [segment.start for segment in segments]
    rates: dict[int, list[_Rate]] = {}
    for sign in percents:
        begin = max(0, sign.start() - _LOOK_BACK)
        before = words[begin : sign.start()]
        hit = (FIGURES_LAST if before[-1:].isdigit() else PATTERNS["word_last"]).search(before) if before[-1:].isalnum() else None
        if hit is None:
            continue
        start = begin + hit.start()
        place = bisect_right(starts, start) - 1
        if place < 0 or start >= segments[place].end:
            continue
        number = parse_number(hit[0])
        span = PATTERNS["link_last"].search(before, 0, hit.start()) and PATTERNS["low_last"].search(before[: hit.start()])
        whole = number is not None and number == int(number) and 0 < number <= 100 and not span
        rates.setdefault(place, []).append(
            _Rate(
                start, sign.end(), int(number) if whole and number is not None else None, *_bounds(words, segments[place], start)
            )
        )
        if (bare := PATTERNS["bare_case"].match(words, sign.end(), segments[place].end)) is not None:
            name = "value" if bare["value"] else "behind"
            rates[place].append(_Rate(bare.start(name), bare.end(name), int(bare[name]), least=False, most=True))
    for hit in parts:
        place = bisect_right(starts, hit.start()) - 1
        if place >= 0 and hit.start() < segments[place].end:
            value = next(value for name, value in _PARTS.items() if hit[name])
            rates.setdefault(place, []).append(
                _Rate(hit.start(), hit.end(), value, *_bounds(words, segments[place], hit.start()))
            )
    for items in rates.values():
        items.sort(key=lambda item: item.start)
    return rates


def _bounds(words: str, segment: Segment, start: int) -> tuple[bool, bool]:
    """Tell whether the words before a percentage make it a lower and an upper bound."""
    before = words[max(segment.start, start - _LOOK_BACK) : start]
    most = any(pattern.search(before) is not None for pattern in (MONEY_PATTERNS["is_most"], PATTERNS["is_raised"]))
    return is_least(before), most or before.endswith("(")


def _of_our_side(values: dict[int, str], ours: set[int], others: set[int]) -> dict[int, str]:
    """Return the rates for Swedish partners where a text states one for each country: "norske 50, svenske 65 prosent"."""
    if len(values) < 2 or not ours | others:
        return values
    kept = {value: words for value, words in values.items() if value in ours} or {
        value: words for value, words in values.items() if value not in others
    }
    return kept if len(kept) == 1 else values


def _only(values: dict[int, str]) -> tuple[int, str] | None:
    """Return the only value with its words; None for several, which hold for different parts of the call."""
    return next(iter(values.items())) if len(values) == 1 else None


def _is_label(text: str, segments: Sequence[Segment], place: int, rates: dict[int, list[_Rate]]) -> bool:
    """Tell whether the line before a short line is its label: "Stödnivå" over "40 procent"."""
    label, line = segments[place - 1], segments[place]
    words = text[label.start : label.end].rstrip()
    short = label.end - label.start <= _LABEL and line.end - line.start <= _LABEL
    asked = words.endswith("?") and len(words.split()) <= _ASKED  # "Stödnivå? Högst 40 procent."
    return (short or asked) and place - 1 not in rates and (asked or not words.endswith((".", "!", "?")))


def _outer(cues: Sequence[_Cue]) -> list[_Cue]:
    """Return the cues that are in no longer one: "EU:s medfinansiering" is one cue, not two. `cues` are in order."""
    kept: list[_Cue] = []
    for cue in cues:
        if not kept or cue.end > kept[-1].end:
            kept.append(cue)
    return kept


class _Sentence:
    """Sentence with its clauses and the cues that tell who pays."""

    def __init__(self, text: str, segment: Segment, rates: Sequence[_Rate]) -> None:
        self._text = text
        self._segment = segment
        self._words = text[segment.start : segment.end]
        self._inside = [(item.start - segment.start, item.end - segment.start) for item in rates]
        self._bounds = [hit.start() for hit in PATTERNS["clause"].finditer(self._words) if not self._in_rate(hit.start())]
        self._cues = _outer(sorted(self._find_cues(), key=lambda cue: (cue.start, -cue.end)))
        self._something_else = [hit.start() for hit in PATTERNS["something_else"].finditer(self._words)]
        self._given = PATTERNS["given"].search(self._words) is not None

    @property
    def has_cues(self) -> bool:
        """Return whether the sentence itself has words that may tell who pays."""
        return bool(self._cues)

    def _in_rate(self, place: int) -> bool:
        return any(start <= place < end for start, end in self._inside)

    def _find_cues(self) -> Iterator[_Cue]:
        """Yield all cues of the sentence; where two are at one place, the first of the same length counts."""
        yield from self._find_names()
        yield from self._find_payers()
        yield from self._find_weak()

    def _find_names(self) -> Iterator[_Cue]:
        """Yield the names of one of the two shares: "stödnivå", "medfinansiering"."""
        words = self._words
        for named in find_named_shares(words):
            yield _Cue(named.start, named.end, named.payer)
        for hit in PATTERNS["is_funder"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.FUNDER)
        for hit in PATTERNS["is_own"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.OWN)
        for hit in PATTERNS["co_financing"].finditer(words):
            payer = Payer.OWN if PATTERNS["is_asked_for"].search(words) else Payer.NOBODY
            yield _Cue(hit.start(), hit.end(), payer)

    def _find_payers(self) -> Iterator[_Cue]:
        """Yield the verbs of paying whose subject is one of the two."""
        words = self._words
        for hit in PATTERNS["passive"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.FUNDER if hit["funder"] else Payer.OWN)
        for hit in PATTERNS["verb"].finditer(words):
            if (subject := self._subject(hit)) is not None:
                yield _Cue(subject.start, hit.end(), subject.payer)
        for hit in PATTERNS["turned"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.FUNDER if hit["funder"] else Payer.OWN)
        for hit in PATTERNS["self"].finditer(words):
            begin = max((bound for bound in self._bounds if bound < hit.start()), default=0)
            agents = list(PATTERNS["agent"].finditer(words, begin, hit.start()))
            if not (agents and agents[-1]["funder"]) and not PATTERNS["agent"].match(hit[0]):
                yield _Cue(hit.start(), hit.end(), Payer.OWN)

    def _find_weak(self) -> Iterator[_Cue]:
        """Yield words of grants and of the rest, and pronouns directly before a percentage."""
        words = self._words
        for hit in PATTERNS["is_weak_funder"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.FUNDER, weak=True)
        for hit in PATTERNS["is_rest"].finditer(words):
            yield _Cue(hit.start(), hit.end(), Payer.NOBODY, weak=True)
        for hit in PATTERNS["pronoun"].finditer(words):
            if self._leads_rate(hit.end()) and not PATTERNS["got_before"].search(words, 0, hit.start()):
                yield _Cue(hit.start(), hit.end(), Payer.OWN)

    def _subject(self, verb: re.Match[str]) -> _Cue | None:
        """Return the cue of a verb, by the nearest word before it in its clause; the cue begins where the quote does."""
        begin = max((bound for bound in self._bounds if bound < verb.start()), default=0)
        agents = list(PATTERNS["agent"].finditer(self._words, begin, verb.start()))
        if agents:
            start = agents[-1].start() if not self._has_rate(agents[-1].start(), verb.start()) else verb.start()
            return _Cue(start, verb.end(), Payer.FUNDER if agents[-1]["funder"] else Payer.OWN)
        name = NAME_LAST.search(self._words, begin, verb.start())
        if name is not None:
            return _Cue(name.start(), verb.end(), Payer.FUNDER)
        after = PATTERNS["agent"].match(self._words, verb.end() + 1)  # "Högst 40 procent betalar fonden"
        if after:
            return _Cue(verb.start(), verb.end(), Payer.FUNDER if after["funder"] else Payer.OWN)
        named = PATTERNS["funds"].fullmatch(verb[0]) and self._words[begin : verb.start()].strip(" ,;(")
        return _Cue(verb.start(), verb.end(), Payer.FUNDER) if named else None

    def _has_rate(self, start: int, end: int) -> bool:
        return any(start <= place < end for place, _ in self._inside)

    def _leads_rate(self, end: int) -> bool:
        """Tell whether a percentage follows directly: "ni minst 20 procent"."""
        following = re.compile(r"\s+(?:(?:själv(?:a)?|minst|at\s+least|mindst|resterande|the)\s+){0,2}(?=[0-9])").match(
            self._words, end
        )
        if following is None:
            return False
        return any(
            start == following.end()
            and not re.match(r"\s*(?:i|in|som|from|från|fra|av|of|af)\b", self._words[behind : behind + 8])
            for start, behind in self._inside
        )

    def payer_of(self, item: _Rate, label: _Sentence | None) -> tuple[Payer, str]:
        """Return the payer of a percentage, and the words from which that was read."""
        start, end = item.start - self._segment.start, item.end - self._segment.start
        if (
            self._is_of_something_else(start)
            or (label is not None and label._something_else and not any(not cue.weak for cue in self._cues))
            or _names_kind_of_costs(self._words[:start])
            or PATTERNS["of_grant"].match(self._words, end)
            or is_part_of_share(self._words, start, end)
        ):
            return Payer.NOBODY, ""
        if PATTERNS["of_use"].match(self._words, end) and not any(
            cue.payer is Payer.OWN and cue.start >= end for cue in self._cues
        ):
            return Payer.NOBODY, ""
        if (self._cues or self._given) and (by := PATTERNS["by"].match(self._words, end)):
            behind = _Cue(start, by.end(), Payer.FUNDER if by["funder"] else Payer.OWN)
            return behind.payer, self._quote(behind, start, end)
        left, right = self._clause(start)
        while self._cues:
            cue = self._best(item, left, right)
            if cue is not None and cue.payer is Payer.NOBODY and PATTERNS["is_rest"].fullmatch(self._words, cue.start, cue.end):
                cue = self._rest_payer() or cue
            if cue is not None and cue.payer is Payer.OWN and MONEY_PATTERNS["is_most"].search(self._words, 0, start):
                return Payer.NOBODY, ""  # what the applicant pays has a lower bound; "högst" is said of the funder's share
            if cue is not None:
                payer = Payer.FUNDER if self._is_eu_share(cue, item) else cue.payer
                return (Payer.NOBODY, "") if payer is Payer.NOBODY else (payer, self._quote(cue, start, end))
            if left == 0:
                break
            left, right = self._clause(left - 1)[0], start
        if PATTERNS["is_rest"].search(self._words, 0, start) and (cue := self._rest_payer()) is not None:
            return cue.payer, self._quote(cue, start, end)
        if label is not None and not self._cues:
            strong = [cue for cue in label._cues if not cue.weak]
            if strong and len({cue.payer for cue in strong}) == 1 and strong[0].payer is not Payer.NOBODY:
                return strong[0].payer, " ".join(f"{label._words} {self._words}".split())[:_MAX_QUOTE_CHARS]
        return Payer.NOBODY, ""

    def payer_of_case(self, item: _Rate, last: _Rate, words: str) -> tuple[Payer, str]:
        """Return the funder for a percentage that says of another case what the `last` one says: "for wetlands it is 90 %"."""
        start, end = item.start - self._segment.start, item.end - self._segment.start
        before = max(0, last.end - self._segment.start)
        _, right = self._clause(start)
        if (
            item.least
            or item.value is None
            or any(before <= place < max(right, end) for place in self._something_else)
            or any(before <= cue.start < max(right, end) and not cue.weak for cue in self._cues)
            or PATTERNS["of_grant"].match(self._words, end)
            or PATTERNS["of_use"].match(self._words, end)
            or PATTERNS["is_other_call"].search(self._words)
        ):
            return Payer.NOBODY, ""
        within = last.start >= self._segment.start
        if within:
            of_case = PATTERNS["case_behind"].match(self._words, end) or (
                self._words[end : end + 1] == ")" and PATTERNS["case_word"].search(self._words, before, start)
            )
            goes_on = start - before <= _CASE and of_case is not None
        else:
            line = words[max(0, words.rfind("\n", 0, last.start)) : last.start]
            listed = ":" in line and PATTERNS["case_item"].match(self._words, 0, start) and not self._words[end:].strip(" .;")
            goes_on = (
                bool(listed)
                or PATTERNS["case_before"].match(self._words, 0, start) is not None
                or bool(PATTERNS["ends_clause"].match(self._words, end) and PATTERNS["case_gets"].match(self._words, 0, start))
            )
        return (
            (Payer.FUNDER, " ".join(self._words[before if within else 0 : end].split())[-_MAX_QUOTE_CHARS:])
            if goes_on
            else (Payer.NOBODY, "")
        )

    def _is_of_something_else(self, start: int) -> bool:
        """Tell whether a percentage is of something else than the costs; a funder in its own clause goes before such words."""
        if not self._something_else:
            return False
        left, right = self._clause(start)
        named = any(cue.payer is Payer.FUNDER and not cue.weak and left <= cue.start and cue.end <= start for cue in self._cues)
        return not named or any(left <= place < right for place in self._something_else)

    def _is_eu_share(self, cue: _Cue, item: _Rate) -> bool:
        """Tell whether an English "80 % co-financing" that is not demanded is the EU's: it asks nobody for more than half."""
        named = PATTERNS["co_financing"].fullmatch(self._words, cue.start, cue.end) is not None
        return named and cue.payer is Payer.NOBODY and item.value is not None and item.value > _HALF

    def _is_cap_of_costs(self, start: int) -> bool:
        """Tell whether a percentage is an upper bound with no kind of costs before it: "at most 70 per cent of the costs"."""
        most = MONEY_PATTERNS["is_most"].search(self._words, 0, start) is not None
        return most and COSTS.search(self._words, 0, start) is None

    def side_of(self, item: _Rate) -> bool | None:
        """Return True for a percentage of Swedish partners, False for one of another country's, None where neither is said."""
        start, end = item.start - self._segment.start, item.end - self._segment.start
        before = max((place for _, place in self._inside if place <= start), default=0)
        begin = cut.end() if before and (cut := PATTERNS["parted"].search(self._words, before, start)) else before
        following = min((place for place, _ in self._inside if place >= end), default=len(self._words))
        stop = cut.start() if (cut := PATTERNS["parted"].search(self._words, end, following)) else following
        about = self._words[begin:start] + self._words[end:stop]
        if PATTERNS["is_ours"].search(about):
            return True
        if PATTERNS["is_abroad"].search(about):
            return False
        cuts = [cut.end() for cut in PATTERNS["parted"].finditer(self._words, before, start)] if before else []
        stop = cut.start() if (cut := PATTERNS["other_clause"].search(self._words, end, following)) else following
        return True if PATTERNS["is_public"].search(self._words, max(cuts, default=before), stop) else None

    def _rest_payer(self) -> _Cue | None:
        """Return the applicant's cue of a sentence that tells who pays the rest; None where the funder is named too."""
        strong = [cue for cue in self._cues if not cue.weak]
        return strong[-1] if strong and all(cue.payer is Payer.OWN for cue in strong) else None

    def _clause(self, place: int) -> tuple[int, int]:
        at = bisect_right(self._bounds, place)
        return (self._bounds[at - 1] if at else 0), (self._bounds[at] if at < len(self._bounds) else len(self._words))

    def _best(self, item: _Rate, left: int, right: int) -> _Cue | None:
        """Return the cue of a clause that counts for a percentage: the nearest before it, else behind it; weak cues last."""
        start, end = item.start - self._segment.start, item.end - self._segment.start
        inside = [cue for cue in self._cues if left <= cue.start < right]
        weakly = (self._given or self._is_cap_of_costs(start)) and not item.least
        for weak in (False, True) if weakly else (False,):
            cues = [cue for cue in inside if cue.weak is weak]
            covering = [cue for cue in cues if cue.start <= start and cue.end >= end]
            before = [cue for cue in cues if cue.end <= start]
            within = [cue for cue in cues if start <= cue.start and cue.end <= end]  # "hälften av kostnaderna"
            after = [cue for cue in cues if cue.start >= end]
            for found in (covering, before[-1:], after[:1], within):
                if found:
                    return found[-1]
        return None

    def _quote(self, cue: _Cue, start: int, end: int) -> str:
        words = self._words[min(cue.start, start) : max(cue.end, end)]
        return " ".join(words.split())[:_MAX_QUOTE_CHARS]
