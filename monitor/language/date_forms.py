"""The written forms of dates, times and zones in Swedish, English, Norwegian and Danish: where one stands and what it says, nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.language.date_words import (
    DAY_WORDS,
    MONTHS,
    MONTHS_LONG,
    SEASON,
    ZONES,
    is_sentinel,
)


class Form(StrEnum):
    """How much of a calendar day a mention names."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as written. `year` may be missing, `day` and `month` are None for what is vaguer; `problem` says why it cannot be a day.

    `first` is the first day of a period whose last day this is.
    """

    start: int
    end: int
    form: Form
    year: int | None = None
    month: int | None = None
    day: int | None = None
    time: time | None = None
    zone: str = ""
    problem: str = ""
    shift: int | None = None
    first: Mention | None = None
    loose: bool = False


# One sign for one, so that offsets hold.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_MASKED = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]{1,64}@\S+|"
    r"\b(?:dnr|d\.nr|diarienr|diarienummer|ärendenummer|ärendenr|case\s+number|org\.?\s?nr|tel\.?|telefon)\b[.:\s]*(?:[A-ZÅÄÖ]+\s?)?[0-9][\w/:.-]*",
    re.IGNORECASE,
)

_LONG = "(?:" + "|".join(sorted(MONTHS_LONG, key=len, reverse=True)) + r")(?![a-zåäöæø0-9])"
# The full stop after "september" ends the sentence, the one after "sept" does not.
_MONTH = rf"(?:{_LONG}|(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")(?![a-zåäöæø0-9])\.?)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[0-9])"
_ORDINAL = r"(?::?(?:e|a|de|sta|ndra|dje|te)\b|st\b|nd\b|rd\b|th\b|\.(?=\s?[a-z]))?"
_YEAR = r"(?:000[01]|1[89][0-9]{2}|20[0-9]{2}|9999)(?![0-9])"
# A figure that goes on from another is no day, unless a year or a "25/8-" stands before it.
_OPEN = (
    r"(?:(?<![0-9])(?<![0-9][.,:/-])(?<![a-zåäöæø])|(?<=[12][0-9]{3}-)|(?<=-[0-9]{2}-)|(?<=[0-9]/[0-9]-)|(?<=[0-9]/[0-9]{2}-))"
)
_WORD_DAY = "(?:" + "|".join(sorted(DAY_WORDS, key=len, reverse=True)) + ")"
_TO = r"\s*(?:-|till(?:\s+och\s+med)?|to|(?P<pair>och|and))\s*(?:den\s+|the\s+)?"
_THIS_YEAR = r"(?:\s+(?P<shift>i\s+år|this\s+year|nästa\s+år|next\s+year)\b)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "iso",
        rf"{_OPEN}(?P<y>[0-9]{{4}})([-/.])(?P<m>[0-9]{{2}})\2(?P<d>[0-9]{{2}})(?![0-9]|[-/.](?!(?:19|20)[0-9]{{2}}[-/.])[0-9])(?P<clock>T[0-9:.]+(?:Z|[+-][0-9:]+)?)?",
    ),
    (
        "words",
        rf"{_OPEN}(?:(?P<d0>{_DAY}){_ORDINAL}{_TO})?(?:(?P<d>{_DAY}){_ORDINAL}|(?P<w>{_WORD_DAY}))\s*-?\s*(?:of\s+|i\s+)?(?P<m>{_MONTH})"
        rf"(?:(?:\s*,)?[\s-]*(?P<y>{_YEAR}))?{_THIS_YEAR}",
    ),
    ("us", rf"(?<![a-zåäöæø0-9])(?P<m>{_MONTH})\s*(?P<d>{_DAY})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<y>{_YEAR})"),
    ("us", rf"(?<![a-zåäöæø0-9])(?-i:(?=[A-Z]))(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?:st|nd|rd|th)?(?![0-9.,:/]*[0-9])(?!\s*{_LONG})"),
    (
        "dots",
        rf"{_OPEN}(?:(?P<d0>{_DAY})\.(?:(?P<m0>[01]?[0-9])\.?)?\s*-\s*)?(?P<d>[0-9]{{1,2}})\.\s?(?P<m>[0-9]{{1,2}})\.\s?(?P<y>[0-9]{{4}})(?![0-9])",
    ),
    ("slash", rf"{_OPEN}(?<!/)(?P<d>[0-9]{{1,2}})(?P<sep>[/-])(?P<m>[0-9]{{1,2}})(?P=sep)(?P<y>[0-9]{{4}})(?![0-9/]|-[0-9])"),
    (
        "short",
        rf"{_OPEN}(?<!/)(?P<d>{_DAY})/(?P<m>1[0-2]|0?[1-9])(?:(?:\s*-\s*|\s+)(?P<y>{_YEAR})|-(?P<yy>[1-3][0-9])(?![0-9/.]))?(?![0-9/%])",
    ),
    ("finnish", rf"(?<=\b(?:den|ast|ill|öre|nan)\s)(?P<d>{_DAY})\.(?P<m>1[0-2]|0?[1-9])\.(?![0-9])"),
    ("two", r"(?<![0-9.,:/-])(?P<d>[0-9]{2})([./-])[0-9]{2}\2[0-9]{2}(?![0-9]|[.,:/-][0-9])"),
    ("last", rf"\bsista\s+(?:dagen\s+i\s+)?(?P<m>{_LONG})(?:\s+(?P<y>{_YEAR}))?{_THIS_YEAR}"),
    (
        "month",
        rf"(?<![a-zåäöæø0-9])(?P<part>(?:början|mitten|slutet)\s+(?:av|på|i)\s+|(?:early|mid|late|end\s+of|beginning\s+of)[-\s]+)?"
        rf"(?:{_LONG}\s*[-/]\s*)?(?P<m>{_LONG})(?:\s+(?P<y>{_YEAR}))?",
    ),
    ("season", rf"(?<![a-zåäöæø0-9])(?:{SEASON})(?:\s+(?:av\s+)?(?P<y>{_YEAR}))?"),
    ("week", r"\b(?:vecka|veckorna|week|v\.)\s?(?P<d>[0-9]{1,2})(?:\s?-\s?[0-9]{1,2})?(?![0-9])"),
)
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)

# A day and a month with a slash and no year is a date only where words say so: 24/7, 1/3 of, 3/4.
_SHORT_AFTER = re.compile(
    r"(?:\b(?:den|senast|till|från|före|innan|mellan|och|och\s+med|öppnar|öppnas|stänger|stängs|deadline|datum\w*|"
    r"ansökningsdag\w*|är|måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mån|tis|ons|tors?|fre|lör|sön)[\s:]*|[0-9]/[0-9]{1,2}\s*[-,]\s*)$",
    re.IGNORECASE,
)
_SHORT_GOES_ON = re.compile(r"\s*(?:$|\0|-\s*[0-9]{1,2}/[0-9])")
_SHORT_BEFORE = re.compile(r"\s*(?:av\b|tjänst|procent|%|del\b|mil\b|kr\b|kronor|euro)", re.IGNORECASE)

_CLOCK = (
    r"(?:(?:(?P<kl>kl(?:ockan|\.|(?=[\s0-9]))|at\b)\s*)?(?P<h>2[0-4]|[01]?[0-9])(?![0-9]{3}|[0-9](?![0-9]))"
    r"(?:[:.](?P<mi>[0-5][0-9])(?::[0-5][0-9])?(?![0-9]|[.,:][0-9])|(?P<four>[0-5][0-9])(?![0-9]))?"
    r"\s*(?:(?P<ap>[ap])\.?m\b\.?|(?P<h2>h\b|hrs\b|noon\b))?|(?P<word>noon\b|midday\b|midnatt\b|midnight\b))"
)
_ZONE = (
    r"(?:[\s,(]*(?P<zone>"
    + "|".join(sorted((re.escape(z) for z in ZONES), key=len, reverse=True))
    + r")\b(?:\s+(?:local\s+)?(?:time|tid))?)?"
)
_TIME_AFTER = re.compile(
    rf"[\s,;(]*(?:(?:vid|innen|senast|before|by|före|innan|-)\s+)?{_CLOCK}(?!\s*(?:%|kr\b|kronor|milj|euro|procent|sidor)){_ZONE}",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(rf"(?<![0-9.,:]){_CLOCK}{_ZONE}[\s,)]*(?:(?:den|on|the|of|på)\s+)*$", re.IGNORECASE)
_FIRST_JOIN = re.compile(
    r"[\s,)]*(?:-|(?P<och>och|and)|t\.?\s?o\.?\s?m\.?|(?:fram\s+)?till(?:\s+och\s+med)?|to|until|through)\s*(?:(?:senast|den|the)\s+)*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:mellan|between)\s+(?:(?:den|the)\s+)?$", re.IGNORECASE)


def plain(text: str) -> str:
    """The text with one kind of dash and with addresses and case numbers blanked; every offset is kept."""
    return _MASKED.sub(lambda hit: " " * len(hit[0]), text.translate(_DASHES))


def scan(text: str, zone: str) -> list[Mention]:
    """Every mention in a `plain` text, in order, periods joined. `zone` is where a time stamp with an offset is read.

    Nothing is read across lines: "3 mars" above "2024 års budget" has no year.
    """
    text = text.replace("\n", "\0")
    taken = bytearray(len(text))
    found: list[Mention] = []
    for name, pattern in _COMPILED:
        for hit in pattern.finditer(text):
            if any(taken[hit.start() : hit.end()]):
                continue
            mention = _read(name, hit, text, zone)
            if mention is None:
                continue
            taken[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
            if (
                mention.first is not None
                and hit.groupdict().get("pair")
                and not _BETWEEN.search(text[max(0, hit.start() - 20) : hit.start()])
            ):
                # "12 och 15 oktober" are two days, "mellan 12 och 15 oktober" is a period.
                found.append(replace(mention.first, end=hit.end("d0")))
                mention = replace(mention, first=None, start=hit.start("d") if hit["d"] else hit.start("w"))
            found.append(mention)
    found.sort(key=lambda mention: mention.start)
    return _join(
        text, [_with_time(text, m, found[i + 1].start if i + 1 < len(found) else len(text)) for i, m in enumerate(found)]
    )


def _read(name: str, hit: re.Match[str], text: str, zone: str) -> Mention | None:
    got = hit.groupdict()
    span = hit.start(), hit.end()
    year = int(got["y"]) if got.get("y") else None
    if name == "week":
        return Mention(*span, Form.SEASON)
    if name == "season":
        return Mention(*span, Form.SEASON, year=year)
    if name == "two":
        return Mention(*span, Form.DAY, problem="tvåsiffrigt årtal kan läsas på flera sätt")
    if name == "short" and not (year or got.get("yy")) and not _is_short_date(text, *span):
        return None
    if got.get("yy"):
        year = 2000 + int(got["yy"])
    month_words = got["m"].rstrip(".").casefold()
    month = int(month_words) if month_words.isascii() and month_words.isdigit() else MONTHS[month_words]
    if name == "month":
        if month_words == "may" and year is None:
            return None
        return Mention(*span, Form.MONTH, year=year, month=month)
    shift = None
    if got.get("shift"):
        shift = 1 if got["shift"].casefold().startswith("n") else 0
    if name == "last":
        return Mention(*span, Form.DAY, year=year, month=month, day=-1, shift=shift)
    day = DAY_WORDS[" ".join(got["w"].casefold().split())] if got.get("w") else int(got["d"])
    mention = Mention(
        *span, Form.DAY, year=year, month=month, day=day, shift=shift, loose=name == "slash" and got.get("sep") == "/"
    )
    if got.get("clock"):
        mention = _with_stamp(mention, got["clock"], zone)
    mention = replace(mention, problem=_problem(mention))
    if got.get("d0"):
        first_month = int(got["m0"]) if got.get("m0") else month
        first = Mention(*span, Form.DAY, year=None, month=first_month, day=int(got["d0"]))
        mention = replace(mention, first=replace(first, problem=_problem(first)))
    return mention


def _is_short_date(text: str, start: int, end: int) -> bool:
    if _SHORT_BEFORE.match(text, end):
        return False
    return bool(_SHORT_AFTER.search(text[max(0, start - 40) : start]) or _SHORT_GOES_ON.match(text, end))


def _problem(mention: Mention) -> str:
    """Why these figures are no day, or an empty string."""
    assert mention.day is not None
    assert mention.month is not None
    try:
        # 2000 is a leap year: without a year, 29 February is a day.
        day = date(mention.year or 2000, mention.month, mention.day)
    except ValueError:
        return "dagen finns inte i kalendern"
    return "årtalet är en utfyllnad, inget datum" if mention.year is not None and is_sentinel(day) else ""


def _with_stamp(mention: Mention, clock: str, zone: str) -> Mention:
    """A machine's time stamp, read in the publisher's zone: 22:00 UTC is midnight there, and the next day. Midnight means no time."""
    try:
        at = datetime.fromisoformat(f"{mention.year:04}-{mention.month:02}-{mention.day:02}{clock}")
        if at.tzinfo is not None:
            at = at.astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return mention
    midnight = at.hour == at.minute == 0
    return replace(mention, year=at.year, month=at.month, day=at.day, time=None if midnight else time(at.hour, at.minute))


def _with_time(text: str, mention: Mention, limit: int) -> Mention:
    if mention.form is not Form.DAY or mention.time is not None:
        return mention
    after = _TIME_AFTER.match(text, mention.end, limit)
    if after is not None and _is_clock(after):
        return replace(_set_time(mention, after), end=after.end())
    before = _TIME_BEFORE.search(text, max(0, mention.start - 60), mention.start)
    if before is not None and (before["kl"] or before["zone"] or before["ap"] or before["word"]) and _is_clock(before):
        return replace(_set_time(mention, before), start=before.start())
    return mention


def _is_clock(hit: re.Match[str]) -> bool:
    """A bare figure is a time only with minutes, "kl", am or pm."""
    return bool(hit["word"] or hit["mi"] or hit["ap"] or hit["h2"] or (hit["kl"] and hit["h"]))


def _set_time(mention: Mention, hit: re.Match[str]) -> Mention:
    zone = ZONES.get(" ".join((hit["zone"] or "").casefold().split()), "")
    if hit["word"]:
        noon = hit["word"].casefold() in {"noon", "midday"}
        return replace(mention, zone=zone, time=time(12) if noon else time(23, 59))
    hour, minute = int(hit["h"]), int(hit["mi"] or hit["four"] or 0)
    if hit["ap"]:
        if not 1 <= hour <= 12:
            return mention
        hour = hour % 12 + (12 if hit["ap"].casefold() == "p" else 0)
    if hour == 24:
        return replace(mention, zone=zone, time=time(23, 59))
    if hour == minute == 0:
        # Midnight at which end of the day? Nobody writes that; the day itself is kept, the hour is not.
        return replace(mention, zone=zone, problem=mention.problem or "")
    return replace(mention, zone=zone, time=time(hour, minute))


def _join(text: str, mentions: list[Mention]) -> list[Mention]:
    """Two mentions with a dash or "till" between them are one period; its last day counts."""
    joined: list[Mention] = []
    for mention in mentions:
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and previous.first is None
            and mention.first is None
            and Form.DAY is previous.form is mention.form
        ):
            between = _FIRST_JOIN.match(text[previous.end : mention.start])
            if between is not None and (not between["och"] or _BETWEEN.search(text[: previous.start][-20:])):
                joined[-1] = replace(mention, start=previous.start, first=previous)
                continue
        joined.append(mention)
    return joined
