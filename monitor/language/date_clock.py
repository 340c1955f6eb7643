"""The time of day beside a date, before or behind it, and the zone or offset its clock goes by. Swedish, English, Danish, Norwegian."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from monitor.language.date_words import WEEKDAY, WEEKDAYS, ZONES

_LETTER = "a-zåäöæø"
_KL = r"(?P<kl>kl(?:ockan|okken|okka|o\b|\.|(?=[\s0-9]))|at\b)"
_AFTERNOON = r"(?P<pm>(?:på|om|in\sthe)\s(?:eftermidda\w{1,4}|ettermidda\w{1,4}|kvällen|kvelden|aftenen|afternoon|evening)\b)"
_CLOCK = (
    rf"(?:{_KL}\s?)?(?:(?P<h>2[0-4]|[01]?[0-9])(?![0-9]{{3}}|[0-9](?![0-9]))"
    r"(?:[:.](?P<mi>[0-5][0-9])(?:[:.][0-5][0-9])?(?![0-9]|[.,:][0-9])|h(?P<hm>[0-5][0-9])(?![0-9a-z])|(?P<four>[0-5][0-9])(?![0-9]))?"
    rf"\s?(?:(?P<ap>[ap])\.?\s?m\b\.?|(?P<h2>h\b|hrs\b|hours\b|noon\b|o'clock\b|middag\b)|(?P<late>midnight\b|midnatt\b|midnat\b)|{_AFTERNOON})?"
    r"|(?P<word>noon\b|midday\b|midnatt\b|midnat\b|midnight\b|tolv\b|twelve\b))"
)
_NAMES = "|".join(sorted((re.escape(name) for name in ZONES), key=len, reverse=True))
_ZONE = (
    r"(?:[\s,(]{0,3}(?:(?:gmt|utc)\s?(?P<sign>[+-])\s?(?P<oh>1[0-4]|0?[0-9])(?::?(?P<om>00|15|30|45))?(?![0-9])"
    r"|(?P<bare>\+(?:0[0-9]|1[0-4]):?(?:00|15|30|45)|-0[0-9]:?(?:00|30))(?![0-9])"
    rf"|(?:(?:tid|time)\s(?:i|in)\s)?(?P<zone>{_NAMES})\b(?:[\s-](?:local\s)?(?:time|tid)\b)?|(?P<z>(?<=[0-9])z\b)))?"
)
_NO_COUNT = r"(?!\s?(?:%|kr\b|kronor|kroner|milj|mill|euro|eur\b|procent|prosent|percent|sidor|sider|pages|projekt|kommun|deltagar|deltager|personer))"
_LINK = r"(?:(?:vid|ved|til|till|innen|inden|senast|senest|before|by|at|före|før|innan|no\slater\sthan|not\slater\sthan|latest|-)\s){0,2}"
_BEHIND = re.compile(rf"[\s,;(]{{0,3}}(?:v[ei]d\smiddag(?:stid)?\s)?{_LINK}{_CLOCK}{_NO_COUNT}{_ZONE}", re.IGNORECASE)
# The end of a stretch of time ("10.00-11.30") is no moment of its own.
_RANGE = r"(?:\s?-\s?[0-2]?[0-9](?:[:.][0-5][0-9])?(?![0-9]))?"
_BEFORE = re.compile(
    rf"(?<![0-9.,:/+-])(?<![{_LETTER}]){_CLOCK}{_NO_COUNT}{_RANGE}{_ZONE}[\s,)]{{0,3}}(?:(?:på|on|of)\s)?$", re.IGNORECASE
)
_LEAD = re.compile(
    rf"(?:(?<![{_LETTER}])(?:på|on)\s)?(?:(?<![{_LETTER}0-9])(?P<day>{WEEKDAY})[\s,]{{0,2}})?(?:(?<![{_LETTER}])(?:den|the|d\.)\s?)?$",
    re.IGNORECASE,
)
# A weekday behind a day belongs to it unless a day of its own follows: "3 maj, fredag 7 maj".
_TRAIL = re.compile(rf"[\s,(]{{1,3}}(?P<day>{WEEKDAY})\)?", re.IGNORECASE)
_LOOKED_BACK = 70
MIDNIGHT = "kl. 00.00: oklart vilket dygn som menas"


@dataclass(frozen=True, slots=True)
class Clock:
    """Surroundings of a day: its weekday (Monday is 0), its time, and the zone by name or as minutes east of Greenwich.

    `start` and `end` are the stretch of the day with all of it. `doubt` says in Swedish what is doubtful.
    """

    start: int
    end: int
    weekday: int | None = None
    time: time | None = None
    zone: str = ""
    offset: int | None = None
    doubt: str = ""


def read_clock(text: str, start: int, end: int, floor: int, limit: int) -> Clock:
    """Return the weekday and time around the day at `start`:`end`; `floor` and `limit` are the days before and behind it."""
    lead = _LEAD.search(text, max(floor, start - 40), start)
    assert lead is not None, "every part of the pattern may be missing"
    weekday = _weekday(lead["day"])
    trail = _TRAIL.match(text, end, limit)
    if trail is not None and limit < len(text) and text[trail.end() : limit].strip().casefold() in {"", "den", "the", "d."}:
        trail = None
    if trail is not None and weekday is None:
        weekday = _weekday(trail["day"])
    behind = _BEHIND.match(text, trail.end() if trail is not None else end, limit)
    if behind is not None and _is_time(behind):
        closed = behind.start() + len(behind[0].rstrip())
        closed += "(" in behind[0] and text.startswith(")", closed)
        return _read(Clock(start, closed, weekday), behind)
    before = _BEFORE.search(text, max(floor, start - _LOOKED_BACK), lead.start())
    if (
        before is not None
        and _is_time(before)
        and (before["kl"] or before["ap"] or before["word"] or before["mi"] or _has_zone(before))
    ):
        return _read(Clock(before.start(), end, weekday), before)
    return Clock(start, end, weekday)


def read_time(text: str, start: int, limit: int) -> Clock | None:
    """Return the time that stands at `start`, before `limit`; None where none does."""
    hit = _BEHIND.match(text, start, limit)
    return _read(Clock(start, hit.start() + len(hit[0].rstrip())), hit) if hit is not None and _is_time(hit) else None


def offset_zone(offset: int, day: date, at: time, zone: str) -> tuple[date, time, str]:
    """Return day, time and IANA zone of a clock that stands `offset` minutes east of Greenwich.

    The publisher's own zone where it keeps that offset on the day; else the zone of that offset, which keeps day and hour as written
    (its sign is turned round: https://data.iana.org/time-zones/tzdb/etcetera); where the offset is no whole hour, as the publisher's clock shows it.
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
    """Return day and time of a machine's time stamp ("T22:00:00Z") at the publisher: 22:00 UTC is midnight there, and the next day.

    Midnight means that no time was given.
    """
    try:
        at = datetime.fromisoformat(f"{day.isoformat()}{clock.upper()}")
        if at.tzinfo is not None:
            at = at.astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return day, None
    return at.date(), None if at.hour == at.minute == 0 else time(at.hour, at.minute)


def _weekday(word: str | None) -> int | None:
    """The number of a weekday; "man." is Danish for Monday."""
    return None if word is None else WEEKDAYS.get(word.casefold().rstrip("."), 0)


def _has_zone(hit: re.Match[str]) -> bool:
    return any(hit[name] is not None for name in ("zone", "sign", "bare", "z"))


def _is_time(hit: re.Match[str]) -> bool:
    """A bare figure is a time only with minutes, "kl", am or pm; "tolv" only after "klockan"."""
    if hit["word"]:
        return hit["word"].casefold() not in {"tolv", "twelve"} or bool(hit["kl"])
    return any(hit[name] for name in ("mi", "hm", "ap", "h2", "late", "pm", "kl"))


def _read(clock: Clock, hit: re.Match[str]) -> Clock:
    hour, minute = _hour(hit)
    if hour is None:
        return clock
    doubt = MIDNIGHT if hour == minute == 0 else ""
    at = time(23, 59) if hour == 24 else time(hour, minute)
    zone = ZONES.get((hit["zone"] or "").casefold(), "")
    return Clock(clock.start, clock.end, clock.weekday, at, zone, _offset(hit), doubt)


def _hour(hit: re.Match[str]) -> tuple[int | None, int]:
    """Hour and minute as written; 24 for the midnight that ends the day, None for what no clock shows ("13 pm")."""
    if hit["word"]:
        return (24 if hit["word"].casefold().startswith("midn") else 12), 0
    hour, minute = int(hit["h"]), int(hit["mi"] or hit["hm"] or hit["four"] or 0)
    if hit["late"]:
        return 24, 0
    if hit["ap"] or (hit["pm"] and hour < 12):
        if not 1 <= hour <= 12:
            return None, 0
        hour = hour % 12 + (0 if (hit["ap"] or "p").casefold() == "a" else 12)
    return hour, minute


def _offset(hit: re.Match[str]) -> int | None:
    """Minutes east of Greenwich, where figures say so: GMT+1, UTC-3, +02:00, -0500, Z."""
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
