"""Times of day apart from their dates: "senast kl. 16.00 den sista dagen", "each at 17:00", "the round closes at 15:59"."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from monitor.language.date_clock import Clock, read_time

# "Both close at 17.00": for all the days before it.
_EACH = re.compile(
    r"\b(?:in\s(?:both|all)\scases|i\s(?:båda|bägge|alla|samtliga)\sfall(?:en)?|i\s(?:begge|alle)\stilf(?:ælde|eller)|each|every|all|both|always|alla|båda|bägge|alltid|samtliga|vardera|varje|begge|alle|altid|alltid|"
    r"hver|samtlige)\b(?:\sof\sthem)?(?:\s[a-zåäöæø]+){0,2}?"
    r"(?:\s(?:close[sd]?|closing|stänger|stängs|lukker|stenger|end|slutar)(?:\s(?:portalen|systemet|e-tjänsten|ansökan|omgången|"
    r"utlysningen|puljen|runden|skjemaet|skemaet))?)?,?\s?(?:(?:before|by|senast|senest|innan|før|inden)\s)?(?=(?:kl\b|kl\.|"
    r"klockan|klokken|klokka|at\s)|[0-9]{1,2}[:.][0-9]{2})",
    re.IGNORECASE,
)
# "Rundan stänger kl. 16.00": the round is named, and no day; "1-31 March, closing at 17:00": the day is before it.
_CLOSES = re.compile(
    r"\b(?:stänger|stängs|stängning|closes|closing|close|locks|lukker|stenger|slutar)\s\(?(?=(?:kl\b|kl\.|klockan|klokken|klokka|at\s)\s?[0-9])",
    re.IGNORECASE,
)
# "Deadlines (all at 17:00 Brussels time): 4 February": the days are behind.
_BEFORE_LIST = re.compile(r"[^()\n0-9]{0,25}\)\s?:")
_CLOSING = re.compile(r"\s(?:close|closing|stäng|lukk|steng)", re.IGNORECASE)
# An office and a webinar close, too.
_ROUND = re.compile(
    r"\b\w{0,20}(?:rund|omgång|utlysning|utlysing|ansök|portal|e-tjänst|call|round|submission|pulje|ordning|"
    r"opslag|søknad|ansøg)\w*\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_SUBMIT = re.compile(
    r"\b(?:senast|senest|before|by|no\slater\sthan|not\slater\sthan|innan|före|før|inden|innen|til|"
    r"till|until|inne|inlämnade?|inskickade?|submitted|received)\s(?=(?:kl\b|kl\.|klockan|klokken|klokka|at\s)?\s?[0-9])",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(
    r"(?:\s\([^()]{0,40}\)|[^()\n]{0,25}\)|\s[A-Z]{3,4}(?:/[A-Z]{3,4})?)?,?\s(?:(?:på|on)\s)?(?:(?:the|"
    r"den)\s)?(?:same\s|samma\s)?"
    r"(?:(?:sista|siste|sidste|closing|last|final|avslutande)\s(?:ansöknings|ansøgnings|søknads)?(?:dag(?:en)?|"
    r"day)|(?:stängnings|slut)dagen)\b(?!\s(?:i|of|in|av)\s)",
    re.IGNORECASE,
)
# "Ansökan måste vara inne klockan 14.00 respektive datum": for all the days, before or behind it.
_EACH_DAY = re.compile(
    r"(?:\s\([^()\n]{0,40}\)|\s[A-Z]{3,4}\b)?,?\s(?:(?:på|on|den|det)\s)?(?:(?:respektive|varje|aktuell[at]?|each|every|every\sclosing|hver|den\saktuelle)\s"
    r"(?:datum|dag|day|date|deadline|frist|dato|sista\sdag\w*|stoppdatum)|(?:datum|dag|dato|dates?|day)\s(?:som|that|der|which)\s(?:anges|står|gäller|is\sgiven|are\sgiven|angis|angives))\b",
    re.IGNORECASE,
)
# "Sista dagen stänger systemet kl. 15": the day is named, but not by its date.
_ON_LAST_DAY = re.compile(
    r"\b(?:(?:sista|siste|sidste|last|final|closing)\s(?:ansöknings|ansøgnings|søknads)?(?:dag(?:en)?|day)|(?:stängnings|slut)dagen)\s"
    r"(?:[^\s.,;:!?0-9]{1,20}\s){0,4}?"
    r"(?:(?:senast|senest|by|at|innan|före|før)\s)?(?=(?:kl\b|kl\.|klockan|klokken|klokka|at\s)\s?[0-9])",
    re.IGNORECASE,
)
# "Den 4 maj, samma klockslag": the time of the closing day before it.
_SAME_TIME = re.compile(
    r"[\s,;(-]{0,4}(?:(?:vid|ved|på|til|till|at|also|även|också|igen|likaså|likeledes|også|og|och|and|again)\s){0,3}(?:the\s)?"
    r"(?:samma|samme|same)\s(?:klockslag|klokkeslett|klokkeslæt|klokkeslag|tidpunkt|tidspunkt|tid\b|klocka|time\b|hour\b)"
    r"(?!\s(?:som\s(?:förra|i\sfjol)|as\slast|nästa|next))",
    re.IGNORECASE,
)
# "25 February and 16 September, 17:00 Brussels time on both days": the time behind the last day holds for all.
_ON_ALL_DAYS = re.compile(
    r"(?:\s\([^()]{0,40}\)|\s[A-Z]{3,4}\b)?,?\s?(?:on\s(?:both|all|each)(?:\sof\sthe)?\s(?:days?|dates?)|(?:båda|bägge|alla|samtliga|begge|alle)\s"
    r"(?:dagar(?:na)?|datum(?:en)?|dage(?:ne)?|dager|dagene|datoer(?:ne)?|gånger(?:na)?)|in\s(?:both|all)\scases)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r",?\s(?:och|og|and)\s(?:the\s|din\s|er\s)?(?:ansökan|ansökningarna|ansøgningen|søknaden|applications?|proposals?)\s[^.;:?!\n0-9]{0,40}",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?;]\s[A-ZÅÄÖÆØ]|\n")
_LONGEST, _SENTENCE = 80, 600


@dataclass(frozen=True, slots=True)
class SharedTime:
    """Time for days that are named before it."""

    start: int
    """Offset of its first word."""
    clock: Clock
    all_days: bool
    """True where it holds for all days before it, not only the last."""
    each_day: bool = False
    """True where it is said of each day, so that the days may be behind it, too."""


def find_shared_times(words: str, taken: list[tuple[int, int]]) -> list[SharedTime]:
    """Return the times apart from dates, in order; `taken` are the offsets of the dates with their own times, in order."""
    covered = bytearray(len(words))
    for start, end in taken:
        covered[start:end] = b"\1" * (end - start)
    found: list[SharedTime] = []
    for pattern in (_EACH, _CLOSES, _SUBMIT, _ON_LAST_DAY):
        for hit in pattern.finditer(words):
            clock = read_time(words, hit.end(), min(len(words), hit.end() + _LONGEST))
            if clock is None or clock.time is None or any(covered[hit.start() : clock.end]):
                continue
            each_day = False
            if pattern is _EACH:
                each_day = _BEFORE_LIST.match(words, clock.end) is not None
                belongs = _CLOSING.search(hit[0]) is not None or each_day or _follows(words, hit.start(), taken)
            else:
                each_day = _EACH_DAY.match(words, clock.end) is not None
                belongs = (
                    pattern is _ON_LAST_DAY
                    or (pattern is _SUBMIT and (_continues(words, hit.start(), taken) or _follows(words, hit.start(), taken)))
                    or each_day
                    or _LAST_DAY.match(words, clock.end) is not None
                    or (pattern is _CLOSES and _follows(words, hit.start(), taken))
                    or (
                        pattern is _CLOSES
                        and _ROUND.search(words, max(0, hit.start() - _LONGEST), hit.start()) is not None
                        and _stops(words, clock.end, taken)
                    )
                )
            if belongs:
                found.append(SharedTime(hit.start(), clock, all_days=pattern is _EACH or each_day, each_day=each_day))
    return sorted(found, key=lambda time: time.start)


def refers_back(words: str, end: int) -> bool:
    """Tell whether the words behind a day say that its time is that of the day before it in the text."""
    return _SAME_TIME.match(words, end) is not None


def _continues(words: str, start: int, taken: list[tuple[int, int]]) -> bool:
    """Tell whether the words before a time go on about the application whose last day is before them in the sentence.

    "Sista ansökningsdag är den 27 januari 2027, och ansökan måste vara inskickad senast kl. 15.00."
    """
    place = bisect_right(taken, start, key=lambda stretch: stretch[1])
    return place > 0 and _GOES_ON.fullmatch(words[taken[place - 1][1] : start]) is not None


def holds_for_all_days(words: str, end: int) -> bool:
    """Tell whether the words behind a day with a time say that its time is that of the days before it, too."""
    return _ON_ALL_DAYS.match(words, end) is not None


def _follows(words: str, start: int, taken: list[tuple[int, int]]) -> bool:
    """Tell whether only a sign or two are between a date and the words behind it: "3 March and 2 June, both at"."""
    place = bisect_right(taken, start, key=lambda stretch: stretch[1])
    return place > 0 and re.fullmatch(r"[\s,;()-]{0,4}", words[taken[place - 1][1] : start]) is not None


def _stops(words: str, end: int, taken: list[tuple[int, int]]) -> bool:
    """Tell whether the sentence ends without a day: "stänger kl. 12 den 3 mars" has its own."""
    stop = _STOP.search(words, end, end + _SENTENCE)
    limit = stop.start() if stop is not None else end + _SENTENCE
    place = bisect_left(taken, end, key=lambda stretch: stretch[0])
    return place == len(taken) or taken[place][0] >= limit
