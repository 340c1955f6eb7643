"""Times of day beside dates, with their zone or offset. Swedish, English, Danish, Norwegian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from monitor.language.datafile import Patterns
from monitor.language.date_words import CALENDAR, weekdays, zones

_HOURS = {
    word: hour
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "ett två tre fyra fem sex sju åtta nio tio elva tolv",
        "et to tre fire fem seks syv otte ni ti elleve tolv",
        "ett to tre fire fem seks sju åtte ni ti elleve tolv",
    )
    for hour, word in enumerate(words.split(), start=1)
}
_PATTERNS = Patterns(
    grammar={
        "kl": r"(?P<kl>kl(?:ockan|okken|okka|o\b|\.|(?=[\s0-9]))|at\b)",
        "afternoon_words": (
            r"(?:på|om|in\sthe)\s(?:eftermidda\w{1,4}|ettermidda\w{1,4}|kvällen|kvelden|aftenen|afternoon|evening)\b"
        ),
        "afternoon": r"(?P<pm>{afternoon_words})",
        # "Five o'clock in the afternoon": hours in words, only where a word of the time of day is behind.
        "hour_word": lambda: "|".join(f"{word}\\b" for word in _HOURS),
        "figure": (
            r"(?P<h>2[0-4]|[01]?[0-9])(?![0-9]{3}|[0-9](?![0-9]))(?:[:.](?P<mi>[0-5][0-9])(?:[:.][0-5][0-9])?"
            r"(?![0-9]|[.,:][0-9])|h(?P<hm>[0-5][0-9])(?![0-9a-z])|(?P<four>[0-5][0-9])(?![0-9]))?"
        ),
        "clock": (
            r"(?:{kl}\s?)?(?:(?:{figure}|(?P<hour>{hour_word})(?=\s(?:o['’]clock\b|{afternoon_words})))\s?"
            r"(?:(?P<ap>[ap])\.?\s?m\b\.?|(?:o['’]clock\s)?{afternoon}|(?P<h2>h\b|hrs\b|hours\b|noon\b|o['’]clock\b|middag\b)|"
            r"(?P<late>midnight\b|midnatt\b|midnat\b))?|"
            r"(?P<word>noon\b|midday\b|midnatt\b|midnat\b|midnight\b|tolv\b|twelve\b))"
        ),
        "zone": (
            r"(?:[\s,(]{0,3}(?:(?:gmt|utc)\s?(?P<sign>[+-])\s?(?P<oh>1[0-4]|0?[0-9])(?::?(?P<om>00|15|30|45))?(?![0-9])|"
            r"(?P<bare>\+(?:0[0-9]|1[0-4]):?(?:00|15|30|45)|-0[0-9]:?(?:00|30))(?![0-9])|(?:(?:tid|time)\s(?:i|"
            r"in)\s)?(?P<zone>{zone_name})\b(?:[\s-](?:local\s)?(?:time|tid)\b)?|(?P<z>(?<=[0-9])z\b)))?"
        ),
        "no_count": (
            r"(?!\s?(?:%|kr\b|kronor|kroner|milj|mill|euro|eur\b|procent|prosent|percent|sidor|sider|pages|projekt|kommun|"
            r"deltagar|deltager|personer))"
        ),
        "link": (
            r"(?:(?:vid|ved|til|till|dock|dog|allra|innen|inden|senast|senest|before|by|at|före|før|innan|no\slater\sthan|not\slater\sthan|"
            r"latest|-|ending|ends|closing|closes|slutar|stänger|avslutas|lukker|stenger|slutter)\s){0,3}"
        ),
        # "Den 4 maj, även då kl. 12.00".
        "again_at": r"(?:(?:även|också|likaså|igen|også|ligeledes|likeså|again|also|likewise)\s(?:då\s|da\s)?(?=kl|at\s))?",
        "behind": r"[\s,;(]{0,3}(?:v[ei]d\smiddag(?:stid)?\s)?{again_at}{link}{clock}{no_count}{zone}",
        # The end of a stretch of time ("10.00-11.30") is no moment of its own.
        "range": r"(?:\s?-\s?[0-2]?[0-9](?:[:.][0-5][0-9])?(?![0-9]))?",
        "before": r"(?<![0-9.,:/+-])(?<![a-zåäöæø]){clock}{no_count}{range}{zone}[\s,)]{0,3}(?:(?:på|on|of)\s)?$",
        "lead": (
            r"(?:(?<![a-zåäöæø])(?:på|on)\s)?(?:(?<![a-zåäöæø0-9])(?P<day>{weekday})[\s,]{0,2})?(?:(?<![a-zåäöæø])(?:den|the|"
            r"d\.)\s?)?$"
        ),
        # A weekday behind a day belongs to it unless a day of its own follows: "3 maj, fredag 7 maj".
        "trail": r"[\s,(]{1,3}(?P<day>{weekday})\)?",
    },
    others=(CALENDAR,),
)
_LOOK_BACK = 70
"""Characters before a day in which its time is searched."""
MIDNIGHT = "kl. 00.00: oklart vilket dygn som menas"


@dataclass(frozen=True, slots=True)
class Clock:
    """Weekday and time beside a day, with the offsets of the day and both of them."""

    start: int
    end: int
    weekday: int | None = None
    """Weekday, 0 for Monday."""
    time: time | None = None
    zone: str = ""
    """IANA time zone; empty where none is written or the offset is."""
    offset: int | None = None
    """Minutes east of Greenwich."""
    doubt: str = ""
    """Remark in Swedish on what is uncertain."""


def read_clock(text: str, start: int, end: int, floor: int, limit: int) -> Clock:
    """Return the weekday and time around the day at `start`:`end`, between the offsets `floor` and `limit` of its neighbours."""
    lead = _PATTERNS["lead"].search(text, max(floor, start - 40), start)
    assert lead is not None, "every part of the pattern may be missing"
    weekday = _weekday(lead["day"])
    trail = _PATTERNS["trail"].match(text, end, limit)
    if trail is not None and limit < len(text) and text[trail.end() : limit].strip().casefold() in {"", "den", "the", "d."}:
        trail = None
    if trail is not None and weekday is None:
        weekday = _weekday(trail["day"])
    behind = _PATTERNS["behind"].match(text, trail.end() if trail is not None else end, limit)
    if behind is not None and _is_time(behind):
        closed = behind.start() + len(behind[0].rstrip())
        closed += "(" in behind[0] and text.startswith(")", closed)
        return _read(Clock(start, closed, weekday), behind)
    before = _PATTERNS["before"].search(text, max(floor, start - _LOOK_BACK), lead.start())
    if (
        before is not None
        and _is_time(before)
        and (before["kl"] or before["ap"] or before["word"] or before["mi"] or _has_zone(before))
    ):
        return _read(Clock(before.start(), end, weekday), before)
    return Clock(start, end, weekday)


def read_time(text: str, start: int, limit: int) -> Clock | None:
    """Return the time at the offset `start`, before `limit`; None where there is none."""
    hit = _PATTERNS["behind"].match(text, start, limit)
    return _read(Clock(start, hit.start() + len(hit[0].rstrip())), hit) if hit is not None and _is_time(hit) else None


def offset_zone(offset: int, day: date, at: time, zone: str) -> tuple[date, time, str]:
    """Return day, time and IANA zone of a clock that is set for `offset` minutes east of Greenwich.

    The zone is the publisher's own where that has the offset on the day; else the zone of the offset, which keeps day and hour as
    written (its sign is reversed: https://data.iana.org/time-zones/tzdb/etcetera); where the offset is no whole hour, day and
    time are those of the publisher's clock.
    """
    moment = datetime.combine(day, at, tzinfo=timezone(timedelta(minutes=offset)))
    home = moment.astimezone(ZoneInfo(zone))
    if home.utcoffset() == moment.utcoffset():
        return day, at, zone
    if offset == 0:
        return day, at, "UTC"
    if offset % 60 == 0:
        return day, at, f"Etc/GMT{-offset // 60:+d}"
    return home.date(), home.time(), zone


def read_stamp(day: date, clock: str, zone: str) -> tuple[date, time | None]:
    """Return day and time at the publisher of a machine's time stamp ("T22:00:00Z"); None for midnight, which means no time.

    22:00 UTC is midnight in Sweden in summer, and the next day.
    """
    try:
        at = datetime.fromisoformat(f"{day.isoformat()}{clock.upper()}")
        if at.tzinfo is not None:
            at = at.astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return day, None
    return at.date(), None if at.hour == at.minute == 0 else time(at.hour, at.minute)


def _weekday(word: str | None) -> int | None:
    """Return the number of a weekday, 0 for Monday; "man." is Danish for Monday."""
    return None if word is None else weekdays().get(word.casefold().rstrip("."), 0)


def _has_zone(hit: re.Match[str]) -> bool:
    return any(hit[name] is not None for name in ("zone", "sign", "bare", "z"))


def _is_time(hit: re.Match[str]) -> bool:
    """Tell whether a figure is a time: with minutes, "kl", am or pm; "tolv" only after "klockan"."""
    if hit["word"]:
        return hit["word"].casefold() not in {"tolv", "twelve"} or bool(hit["kl"])
    return any(hit[name] for name in ("hour", "mi", "hm", "ap", "h2", "late", "pm", "kl"))


def _read(clock: Clock, hit: re.Match[str]) -> Clock:
    hour, minute = _hour(hit)
    if hour is None:
        return clock
    doubt = MIDNIGHT if hour == minute == 0 else ""
    at = time(23, 59) if hour == 24 else time(hour, minute)
    zone = zones().get((hit["zone"] or "").casefold(), "")
    return Clock(clock.start, clock.end, clock.weekday, at, zone, _offset(hit), doubt)


def _hour(hit: re.Match[str]) -> tuple[int | None, int]:
    """Return hour and minute as written; 24 for the midnight that ends the day, None for no real hour ("13 pm")."""
    if hit["word"]:
        return (24 if hit["word"].casefold().startswith("midn") else 12), 0
    hour = _HOURS[hit["hour"].casefold()] if hit["hour"] else int(hit["h"])
    minute = int(hit["mi"] or hit["hm"] or hit["four"] or 0)
    if hit["late"]:
        return 24, 0
    if hit["ap"] or (hit["pm"] and hour < 12):
        if not 1 <= hour <= 12:
            return None, 0
        hour = hour % 12 + (0 if (hit["ap"] or "p").casefold() == "a" else 12)
    return hour, minute


def _offset(hit: re.Match[str]) -> int | None:
    """Return the minutes east of Greenwich written in figures: GMT+1, UTC-3, +02:00, -0500, Z."""
    if hit["z"]:
        return 0
    if hit["sign"]:
        minutes = int(hit["oh"]) * 60 + int(hit["om"] or 0)
        return -minutes if hit["sign"] == "-" else minutes
    if hit["bare"]:
        shift = datetime.strptime(hit["bare"], "%z").utcoffset()
        assert shift is not None
        return int(shift.total_seconds()) // 60
    return None
