"""Written forms of dates in Swedish, English, Norwegian and Danish: the offsets of each date and the figures that it names."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum

from monitor.language.datafile import Patterns
from monitor.language.date_clock import read_clock, read_stamp
from monitor.language.date_words import CALENDAR, days_before_of, days_in_words, months, weekdays, year_problem


class Granularity(StrEnum):
    """Unit of time that a mention names."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Mention:
    """Date as written, with its offsets in the text."""

    start: int
    end: int
    granularity: Granularity
    year: int | None = None
    """Year as written; None where it is missing."""
    month: int | None = None
    day: int | None = None
    """Day of the month, -1 for its last; None for a month or a season."""
    time: time | None = None
    zone: str = ""
    """IANA time zone; empty for the publisher's own."""
    problem: str = ""
    """Reason in Swedish why it cannot be a day."""
    shift: int | None = None
    """Years from the reference: "nästa år" is 1."""
    first: Mention | None = None
    """First day of the period whose last day this is."""
    loose: bool = False
    """True for figures with slashes, whose day and month may be exchanged."""
    weekday: int | None = None
    """Weekday as written, 0 for Monday."""
    offset: int | None = None
    """Offset of the time, in minutes east of Greenwich."""
    doubt: str = ""
    """Remark in Swedish on what is uncertain."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """Text prepared for reading, with the way back to the offsets of the original."""

    words: str
    """The text with single white space, and so shorter than the original."""
    starts: tuple[int, ...]
    """Offsets in `words` from which on a number of characters has been left out."""
    shifts: tuple[int, ...]
    """Number of characters left out before each of `starts`."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text of a stretch of `words`."""
        return self._offset(start), self._offset(end - 1) + 1 if end > start else self._offset(start)

    def _offset(self, place: int) -> int:
        return place + self.shifts[bisect_right(self.starts, place) - 1]


# Each character is replaced by one, so that offsets stay the same.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’´`‘", "'"))
_MASKED = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]{1,64}@\S+|"
    r"\b(?:dnr|d\.nr|diarienr|diarienummer|ärendenummer|ärendenr|case\s+number|org\.?\s?nr|tel\.?|"
    r"telefon)\b[.:\s]{0,5}(?:[A-ZÅÄÖ]{1,12}\s?)?[0-9][\w/:.-]*",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")

# White space is single by now, so that `\s?` reads any amount of it and no pattern can try many alternatives.
_PATTERNS = Patterns(
    grammar={
        "day": r"(?:0?[1-9]|[12][0-9]|3[0-9])",
        "ordinal": r"(?::?(?:e|a|de|sta|ndra|dje|te)\b|st\b|nd\b|rd\b|th\b|\.(?!\s?[0-9]))?",
        "th": r"(?:st|nd|rd|th)?",
        "year": r"(?:000[01]|1[89][0-9]{2}|2[01][0-9]{2}|9999)(?![0-9])",
        # A year of two figures: with its sign ('26, -26), or bare where only the end, a link word or a time follows; in
        # "31 mars 26 kommuner" it is none.
        "marked": (
            r"\s?-?\s?'(?P<yq>[0-9]{2})(?![0-9])|\s?-(?P<yd>[0-9]{2})(?![0-9%]|[.:/-][0-9]|:?[ea]\b|\.?\s?{month}|\s-\s?[0-9])"
        ),
        "bare": (
            r"\s(?P<yb>[0-9]{2})(?=\s?(?:$|[\0,;)!?]|\.(?![0-9])|-\s|[0-9]{1,2}[.:][0-9]{2}|(?:kl|klockan|klokken|klokka|at|"
            r"och|og|and|eller|or|är|er|is|till|til|to|via|för|for)\b))|\s(?P<yx>[23][0-9])(?=\s[a-zåäö])"
        ),
        # A figure that continues another is no day, unless a year or a "25/8-" is before it.
        "open": (
            r"(?:(?<![0-9])(?<![0-9][.,:/-])(?<![a-zåäöæø])|(?<=[12][0-9]{3}-)|(?<=-[0-9]{2}-)|(?<=-[0-9]-)|(?<=[0-9]/[0-9]-)|"
            r"(?<=[0-9]/[0-9]{2}-)|(?<=[0-9][.:][0-9]{2}-))"
        ),
        "to": (
            r"\s?(?:-|till?(?:\so(?:ch|g)\smed)?\b|to\b|through\b|t\.?\s?o\.?\s?m\b\.?|(?P<pair>och|and|og|eller|or|"
            r"samt)\b)\s?(?:{weekday},?\s)?(?:den\s|the\s)?"
        ),
        "this_year": r"(?:\s(?P<shift>i\sår|this\syear|nästa\sår|next\syear|næste\sår|neste\sår)\b)?",
        # A day and a month with a slash and no year is a date only where words say so: 24/7, 1/3 of, 3/4.
        "short_after": (
            r"(?:\b(?:den|d\.|senast|senest|till?|från|fra|före|før|innan|innen|inden|mellan|mellem|mellom|och|og|o(?:ch|"
            r"g)\smed|öppnar|öppnas|åbner|åpner|stänger|stängs|lukker|stenger|deadline|frist\w{0,12}|\w{0,20}frist|"
            r"datum\w{0,12}|dato|ansökningsdag\w{0,6}|är|er|{weekday})[\s:]{0,3}|[0-9]/[0-9]{1,2}\s?[-,]\s?)$"
        ),
        "short_goes_on": r"\s?(?:$|\0|-\s?[0-9]{1,2}/[0-9])",
        "short_before": r"\s?(?:av\b|tjänst|procent|%|del\b|mil\b|kr\b|kronor|euro)",
        "points_after": r"\b(?:den|d\.|senast|senest|till?|före|før|innan|innen|inden)\s$",
        "compact_after": (
            r"(?:deadline|sista|sidste|siste|last|clos(?:es|ing)|stäng\w{0,4}|lukke\w{0,3}|stenge\w{0,3}|senast|senest|innen|"
            r"inden|before|until|till?|by|frist\w{0,12}|datum\w{0,6}|dato|date|dag)\b[^0-9\0.;]{0,25}$"
        ),
        "month_before": r"(?<![a-zåäöæø]){month}\s?$",
        "first_join": (
            r"[\s,)]{0,3}(?:(?:and|och|og)\s(?=till|until|fr[ae]m|fram))?(?:-|(?P<och>och|and|og)\b|t\.?\s?o\.?\s?m\.?|"
            r"(?:fr[ae]m\s)?till?(?:\so(?:ch|g)\smed)?\b|(?:up\s)?to\b|until\b|through\b)\s?(?:(?:senast|senest|den|the|d\.|"
            r"{weekday},?)\s){0,3}$"
        ),
        # "5 mars kl. 12.00 2027"
        "year_behind": (
            r",?\s(?P<y>20[0-9]{2})(?![0-9]|[.,:/-][0-9]|\s?(?:kr\b|kronor|kroner|euro|projekt|prosjekt|project|kommun|ansök|"
            r"sökande|deltag))"
        ),
        "between": r"\b(?:mellan|mellem|mellom|between)\s(?:{weekday},?\s)?(?:(?:den|the)\s)?$",
        # "Midnatt mellan den 9 och 10 mars", "natten till den 10 mars": the last minute of the 9th.
        "night": r"(?:(?:kl(?:ockan|okken|okka)?\.?\s)?(?:24|0?0)[.:]00,?\s)?(?:(?:vid|ved|at)\s)?",
        "night_between": (
            r"{night}(?:(?:midnatt|midnat|midnight),?\s(?:(?:på\s)?natt(?:en)?\s)?|natt(?:en)?\s)(?:mellan|mellem|mellom|"
            r"between)\s(?:{weekday},?\s)?(?:(?:den|the)\s)?$"
        ),
        "night_to": r"{night}\b(?:natt(?:en)?|natta)\s(?:mot|till?)\s(?:(?P<day>{weekday}),?\s)?(?:den\s)?$",
        "night_and": r"\s(?:och|og|and)\s(?:{weekday},?\s)?(?:(?:den|the)\s)?$",
        # Forms in the order of `_FORMS`.
        "iso_form": (
            r"{open}(?P<y>[0-9]{4})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})(?![0-9]|[-/.](?!(?:19|"
            r"20)[0-9]{2}[-/.])[0-9])(?P<clock>T[0-9:.]{1,18}(?:Z|[+-][0-9:]{1,6})?)?"
        ),
        "compact_form": (
            r"(?<![0-9.,:/-])(?P<y>20[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9]|[.,:/-][0-9])"
        ),
        "words_form": (
            r"{open}(?:(?P<d0>{day}){ordinal}{to})?(?:(?:(?P<d>{day}){ordinal}|(?P<w>{day_word}))(?:\s?|(?P<hyphen>-))(?:of\s|"
            r"i\s)?|(?P<wo>{day_word_of})\s(?:day\s)?of\s)(?P<m>{month})(?:\s?,?[\s-]{0,3}(?:of\s|år\s)?(?P<y>{year})|"
            r"{marked}|{bare})?{this_year}"
        ),
        "us_with_year_form": (
            r"(?<![a-zåäöæø0-9])(?P<m>{month})\s?(?:(?P<d0>{day}){th}{to})?(?P<d>{day}){th}(?:(?:,\s?|\s)(?P<y>{year})|"
            r",?\s?'(?P<yq>[0-9]{2})(?![0-9]))"
        ),
        "us_form": (
            r"(?<![a-zåäöæø0-9])(?:(?-i:(?=[A-Z]))|(?=(?:{months_english})\b)|(?={month}\s[0-9]{1,2}(?:st|nd|rd|"
            r"th)\b))(?P<m>{month})\s(?:(?P<d0>{day}){th}{to})?(?P<d>{day}){th}(?![a-zåäöæø]|"
            r"[0-9.,:/]{0,12}[0-9])(?!\s?{month_name}){this_year}"
        ),
        "dots_form": (
            r"{open}(?:(?P<d0>{day})\.(?:(?P<m0>[01]?[0-9])\.?)?\s?-\s?)?(?P<d>[0-9]{1,2})\.\s?(?P<m>[0-9]{1,2})\.\s?(?P<y>"
            r"[0-9]{4})(?![0-9])"
        ),
        # Without a leading zero, the year is no first figure, and points are not written with the month first.
        "dots_short_year_form": r"{open}(?P<d>[1-9])\.(?P<m>[1-9]|1[0-2])\.(?P<yq>2[0-9])(?![0-9]|[.,:/-][0-9])",
        # With points the day comes first, and above 12 it is no month; "05.06.26" is not read.
        "dots_late_day_form": r"{open}(?P<d>1[3-9]|2[0-9]|3[01])\.(?P<m>0?[1-9]|1[0-2])\.(?P<yq>2[0-9])(?![0-9]|[.,:/-][0-9])",
        "slash_form": r"{open}(?<!/)(?P<d>[0-9]{1,2})(?P<sep>[/-])(?P<m>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4})(?![0-9/]|-[0-9])",
        "short_form": (
            r"{open}(?<!/)(?P<d>{day})/(?P<m>1[0-2]|0?[1-9])(?:(?:\s?-\s?|\s)(?P<y>{year})|{marked}|"
            r"\s(?P<yb>[23][0-9])(?=\s?(?:$|[\0,;)!?]|\.(?![0-9])|kl\b)))?(?![0-9/%]){this_year}"
        ),
        "finnish_form": r"{open}(?P<d>{day})\.(?P<m>1[0-2]|0?[1-9])\.(?![0-9])",
        "two_form": (
            r"(?<![0-9.,:/-])(?:[0-9]{2}([./-])(?:0[1-9]|1[0-2])\1(?!00)[0-9]{2}|[0-9]{1,2}([/-])(?:0?[1-9]|"
            r"1[0-2])\2[0-9]{2})(?![0-9]|[.,:/-][0-9])"
        ),
        "last_form": (
            r"\b(?:sista\s(?:dag(?:en)?\si\s)?|si(?:d?ste)\s(?:dag(?:en)?\si\s)?|last\s(?:day\s)?(?:of|in)\s|ut?gången\sav\s|"
            r"u[dt]gangen\sa[fv]\s)(?P<m>{month_name})(?:,?\s(?P<y>{year}))?{this_year}"
        ),
        "month_form": (
            r"(?<![a-zåäöæø0-9])(?P<part>(?:början|mitten|slutet|starten|slutningen|slutten|begyndelsen|begynnelsen|"
            r"midten)\s(?:av|af|på|i)\s|(?:primo|medio|ultimo)\s|(?:early|mid|late|end\sof|"
            r"beginning\sof)[-\s])?(?:{month_name}\s?[-/]\s?)?(?P<m>{month_name})(?:\s(?P<y>{year}))?"
        ),
        # "Vårens omgång är den 15 mars", "høstens 15. september": the name of a round.
        "season_form": (
            r"(?<![a-zåäöæø0-9])(?:{season})(?!s\s(?:\w{0,14}(?:omgång|period|rund|utdeln|udlod|uddel|tildel|utlys)|"
            r"(?:den\s|er\s|är\s){0,2}[0-9]))(?:\s(?:av\s|af\s)?(?P<y>{year}))?"
        ),
        "week_form": r"\b(?:vecka|veckorna|week|uge|uke|v\.)\s?(?P<d>[0-9]{1,2})(?:\s?-\s?[0-9]{1,2})?(?![0-9])",
    },
    others=(CALENDAR,),
)
_FORMS = (
    ("iso_form", "iso"),
    ("compact_form", "compact"),
    ("words_form", "words"),
    ("us_with_year_form", "us"),
    ("us_form", "us"),
    ("dots_form", "dots"),
    ("dots_short_year_form", "dots"),
    ("dots_late_day_form", "dots"),
    ("slash_form", "slash"),
    ("short_form", "short"),
    ("finnish_form", "finnish"),
    ("two_form", "two"),
    ("last_form", "last"),
    ("month_form", "month"),
    ("season_form", "season"),
    ("week_form", "week"),
)
"""Patterns of the written forms, in the order in which they are tried, each with the form that it reads."""


def make_plain(text: str) -> PlainText:
    """Return the text with one kind of dash, single white space, and addresses and case numbers blanked."""
    masked = _MASKED.sub(lambda hit: " " * len(hit[0]), text.translate(_DASHES))
    pieces: list[str] = []
    starts, shifts = [0], [0]
    place = copied = 0
    for hit in _BLANKS.finditer(masked):
        pieces += (masked[copied : hit.start()], "\n" if "\n" in hit[0] else " ")
        place += hit.start() - copied + 1
        copied = hit.end()
        if hit.end() - hit.start() > 1:
            starts.append(place)
            shifts.append(hit.end() - place)
    pieces.append(masked[copied:])
    return PlainText("".join(pieces), tuple(starts), tuple(shifts))


def find_mentions(text: str, zone: str) -> list[Mention]:
    """Return all mentions in the words of a PlainText, in order, periods joined; `zone` is for time stamps with an offset.

    Nothing is read across lines: "3 mars" above "2024 års budget" has no year.
    """
    text = text.replace("\n", "\0")
    taken = bytearray(len(text))
    found: list[Mention] = []
    for key, name in _FORMS:
        for hit in _PATTERNS[key].finditer(text):
            if any(taken[hit.start() : hit.end()]):
                continue
            mention = _read(name, hit, text, zone)
            if mention is None:
                continue
            taken[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
            if mention.first is not None and hit.groupdict().get("pair") and not _is_between(text, hit.start()):
                # "12 och 15 oktober" are two days, "mellan 12 och 15 oktober" is a period.
                found.append(replace(mention.first, end=hit.end("d0")))
                mention = replace(mention, first=None, start=hit.start("d") if hit["d"] else hit.start("w"))
            found.append(mention)
    found.sort(key=lambda mention: mention.start)
    return _join(text, _with_clocks(text, _nights(text, found)))


def _nights(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions, with a midnight between two days as the last minute of the first."""
    found: list[Mention] = []
    for mention in mentions:
        previous = found[-1] if found else None
        place = mention.start
        if (
            previous is not None
            and previous.granularity is Granularity.DAY
            and _PATTERNS["night_and"].fullmatch(text, previous.end, place)
        ):
            place = previous.start
        hit = (
            _PATTERNS["night_between"].search(text, max(0, place - 70), place) if mention.granularity is Granularity.DAY else None
        )
        weekday = None
        if hit is not None and place != mention.start:
            found.pop()
        elif hit is None or mention.first is None:
            hit = (
                _PATTERNS["night_to"].search(text, max(0, mention.start - 60), mention.start)
                if mention.granularity is Granularity.DAY
                else None
            )
            if hit is not None and hit["day"]:
                weekday = (weekdays().get(hit["day"].casefold().rstrip("."), 0) - 1) % 7
        found.append(_evening_before(mention, hit.start(), weekday) if hit is not None else mention)
    return found


def _evening_before(mention: Mention, start: int, weekday: int | None) -> Mention:
    """Return the last minute of the day before a mention."""
    if mention.problem or mention.month is None or mention.day is None or mention.day < 1:
        return mention
    # Without a year it is any year but a leap year.
    day = date(mention.year or 2001, mention.month, mention.day) - timedelta(days=1)
    return replace(
        mention,
        start=start,
        first=None,
        year=day.year if mention.year is not None else None,
        month=day.month,
        day=day.day,
        time=time(23, 59),
        weekday=weekday,
    )


def _with_clocks(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with their weekdays and times, each searched between its neighbours."""
    timed: list[Mention] = []
    for index, mention in enumerate(mentions):
        limit = mentions[index + 1].start if index + 1 < len(mentions) else len(text)
        if mention.granularity is Granularity.DAY:
            clock = read_clock(text, mention.start, mention.end, timed[-1].end if timed else 0, limit)
            mention = replace(mention, weekday=clock.weekday if clock.weekday is not None else mention.weekday)
            if mention.time is None and clock.time is not None:
                mention = replace(
                    mention,
                    start=clock.start,
                    end=clock.end,
                    time=clock.time,
                    zone=clock.zone,
                    offset=clock.offset,
                    doubt=clock.doubt,
                )
                year = _PATTERNS["year_behind"].match(text, mention.end, limit) if mention.year is None else None
                if year is not None:
                    mention = replace(mention, end=year.end(), year=int(year["y"]))
        timed.append(mention)
    return timed


def _is_between(text: str, start: int) -> bool:
    return _PATTERNS["between"].search(text, max(0, start - 30), start) is not None


def _short_year(got: dict[str, str | None]) -> tuple[int | None, str]:
    """Return the year that two figures mean, and the problem with it in Swedish, "" for none."""
    if got.get("yx"):
        return None, "tvåsiffrigt årtal kan läsas på flera sätt"
    figures = next((got[name] for name in ("yq", "yd", "yb") if got.get(name)), None)
    if figures is None:
        return None, ""
    return (2000 + int(figures), "") if int(figures) < 60 else (None, "tvåsiffrigt årtal kan läsas på flera sätt")


def _read(name: str, hit: re.Match[str], text: str, zone: str) -> Mention | None:
    got = hit.groupdict()
    span = hit.start(), hit.end()
    year = int(got["y"]) if got.get("y") else None
    if name == "week":
        return Mention(*span, Granularity.SEASON)
    if name == "season":
        return Mention(*span, Granularity.SEASON, year=year)
    if name == "two":
        return Mention(*span, Granularity.DAY, problem="tvåsiffrigt årtal kan läsas på flera sätt")
    short, trouble = _short_year(got)
    year = year if year is not None else short
    if not _is_date(name, hit, text, year=year):
        return None
    month_words = got["m"].rstrip(".").casefold()
    month = int(month_words) if month_words.isascii() and month_words.isdigit() else months()[month_words]
    if name == "month":
        return Mention(*span, Granularity.MONTH, year=year, month=month) if month_words != "may" or year is not None else None
    shift = None
    if got.get("shift"):
        shift = 1 if got["shift"].casefold().startswith("n") else 0
    if name == "last":
        return Mention(*span, Granularity.DAY, year=year, month=month, day=-1, shift=shift)
    mention = Mention(
        *span,
        Granularity.DAY,
        year=year,
        month=month,
        day=_day(got),
        shift=shift,
        loose=name == "slash" and got.get("sep") == "/",
    )
    mention = replace(mention, problem=trouble or _problem(mention))
    if got.get("clock") and not mention.problem:
        assert mention.year is not None
        assert mention.month is not None
        assert mention.day is not None
        day, at = read_stamp(date(mention.year, mention.month, mention.day), got["clock"], zone)
        mention = replace(mention, year=day.year, month=day.month, day=day.day, time=at)
    if got.get("d0"):
        first = Mention(*span, Granularity.DAY, year=None, month=int(got["m0"]) if got.get("m0") else month, day=int(got["d0"]))
        mention = replace(mention, first=replace(first, problem=_problem(first)))
    return mention


def _day(got: dict[str, str]) -> int:
    if got.get("w"):
        return days_in_words()[got["w"].casefold()]
    return days_before_of()[got["wo"].casefold()] if got.get("wo") else int(got["d"])


def _is_date(name: str, hit: re.Match[str], text: str, *, year: int | None) -> bool:
    """Tell whether the surroundings let these figures be a date."""
    before = slice(max(0, hit.start() - 50), hit.start())
    if name == "iso":
        # "2027-3-3" is a date, "1027-3-3" a number of something.
        return len(hit["m"]) == len(hit["d"]) == 2 or hit["y"].startswith("20")
    if name == "words":
        # "January 15-March 31" is a period of two days that an American wrote.
        return not hit["hyphen"] or _PATTERNS["month_before"].search(text[before]) is None
    if name == "compact":
        return _PATTERNS["compact_after"].search(text[before]) is not None
    if name == "finnish":
        return _PATTERNS["points_after"].search(text[before]) is not None
    if name == "short" and year is None:
        if _PATTERNS["short_before"].match(text, hit.end()):
            return False
        return bool(_PATTERNS["short_after"].search(text[before]) or _PATTERNS["short_goes_on"].match(text, hit.end()))
    return True


def _problem(mention: Mention) -> str:
    """Return the reason in Swedish why figures are no day; "" for a day."""
    assert mention.day is not None
    assert mention.month is not None
    try:
        # 2000 is a leap year: without a year, 29 February is a day.
        day = date(mention.year if mention.year is not None else 2000, mention.month, mention.day)
    except ValueError:
        return "dagen finns inte i kalendern"
    return year_problem(day) if mention.year is not None else ""


def _join(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions, with two that a dash or "till" connects as one period, whose last day counts."""
    joined: list[Mention] = []
    for mention in mentions:
        previous = joined[-1] if joined else None
        if (
            previous is not None
            and previous.first is None
            and mention.first is None
            and Granularity.DAY is previous.granularity is mention.granularity
        ):
            between = _PATTERNS["first_join"].match(text[previous.end : mention.start])
            if between is not None and (not between["och"] or _is_between(text, previous.start)):
                joined[-1] = replace(mention, start=previous.start, first=previous)
                continue
        joined.append(mention)
    return joined
