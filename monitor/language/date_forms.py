"""The written forms of dates in Swedish, English, Norwegian and Danish: where a date stands and which figures it names, nothing more."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum

from monitor.language.date_clock import read_clock, read_stamp
from monitor.language.date_words import (
    DAY_WORDS,
    DAY_WORDS_OF,
    MONTHS,
    MONTHS_ENGLISH,
    MONTHS_LONG,
    SEASON,
    WEEKDAY,
    WEEKDAYS,
    year_problem,
)


class Form(StrEnum):
    """How much of a calendar day a mention names."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as written.

    `year` may be missing, `day` and `month` are None for what is vaguer; `day` -1 is the last of the month. `problem` says in Swedish why it
    cannot be a day, `doubt` what about it is uncertain. `shift` counts years from the reference ("nästa år" is 1). `first` is the first day of a
    period whose last day this is. `weekday` is 0 for Monday; `offset` the minutes east of Greenwich that a time was given in.
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
    weekday: int | None = None
    offset: int | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text made ready for reading; `words` is shorter than the text where white space stood in rows.

    `starts` are places in `words` from which on the number of characters at the same place of `shifts` has been left out before it.
    """

    words: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text of a stretch of `words`."""
        return self._offset(start), self._offset(end - 1) + 1 if end > start else self._offset(start)

    def _offset(self, place: int) -> int:
        return place + self.shifts[bisect_right(self.starts, place) - 1]


# One sign for one, so that offsets hold.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’´`‘", "'"))
_MASKED = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]{1,64}@\S+|"
    r"\b(?:dnr|d\.nr|diarienr|diarienummer|ärendenummer|ärendenr|case\s+number|org\.?\s?nr|tel\.?|telefon)\b[.:\s]{0,5}(?:[A-ZÅÄÖ]{1,12}\s?)?[0-9][\w/:.-]*",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s+")

# White space is a single sign by now, so that `\s?` reads any amount of it and no pattern can try many ways.
_LETTER = "a-zåäöæø"
_LONG = "(?:" + "|".join(sorted(MONTHS_LONG, key=len, reverse=True)) + rf")(?![{_LETTER}0-9])"
# The full stop after "september" ends the sentence, the one after "sept" does not.
_MONTH = rf"(?:{_LONG}|(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + rf")(?![{_LETTER}0-9])\.?)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[0-9])"
_ORDINAL = r"(?::?(?:e|a|de|sta|ndra|dje|te)\b|st\b|nd\b|rd\b|th\b|\.(?!\s?[0-9]))?"
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:000[01]|1[89][0-9]{2}|2[01][0-9]{2}|9999)(?![0-9])"
# A year of two figures: with its sign ('26, -26), or bare where nothing but the end, a link word or a time follows. "31 mars 26 kommuner" is neither.
_MARKED = (
    rf"\s?-?\s?'(?P<yq>[0-9]{{2}})(?![0-9])|\s?-(?P<yd>[0-9]{{2}})(?![0-9%]|[.:/-][0-9]|:?[ea]\b|\.?\s?{_MONTH}|\s-\s?[0-9])"
)
_BARE = (
    r"\s(?P<yb>[0-9]{2})(?=\s?(?:$|[\0,;)!?]|\.(?![0-9])|-\s|[0-9]{1,2}[.:][0-9]{2}|"
    r"(?:kl|klockan|klokken|klokka|at|och|og|and|eller|or|är|er|is|till|til|to|via|för|for)\b))|\s(?P<yx>[23][0-9])(?=\s[a-zåäö])"
)
# A figure that goes on from another is no day, unless a year or a "25/8-" stands before it.
_OPEN = rf"(?:(?<![0-9])(?<![0-9][.,:/-])(?<![{_LETTER}])|(?<=[12][0-9]{{3}}-)|(?<=-[0-9]{{2}}-)|(?<=-[0-9]-)|(?<=[0-9]/[0-9]-)|(?<=[0-9]/[0-9]{{2}}-)|(?<=[0-9][.:][0-9]{{2}}-))"
_WORD_DAY = "(?:" + "|".join(sorted(DAY_WORDS, key=len, reverse=True)) + ")"
_WORD_DAY_OF = "(?:" + "|".join(sorted(DAY_WORDS_OF, key=len, reverse=True)) + ")"
_TO = (
    r"\s?(?:-|till?(?:\so(?:ch|g)\smed)?\b|to\b|through\b|t\.?\s?o\.?\s?m\b\.?|(?P<pair>och|and|og|eller|or|samt)\b)\s?"
    rf"(?:{WEEKDAY},?\s)?(?:den\s|the\s)?"
)
_THIS_YEAR = r"(?:\s(?P<shift>i\sår|this\syear|nästa\sår|next\syear|næste\sår|neste\sår)\b)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "iso",
        rf"{_OPEN}(?P<y>[0-9]{{4}})([-/.])(?P<m>[0-9]{{1,2}})\2(?P<d>[0-9]{{1,2}})(?![0-9]|[-/.](?!(?:19|20)[0-9]{{2}}[-/.])[0-9])"
        r"(?P<clock>T[0-9:.]{1,18}(?:Z|[+-][0-9:]{1,6})?)?",
    ),
    ("compact", r"(?<![0-9.,:/-])(?P<y>20[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9]|[.,:/-][0-9])"),
    (
        "words",
        rf"{_OPEN}(?:(?P<d0>{_DAY}){_ORDINAL}{_TO})?(?:(?:(?P<d>{_DAY}){_ORDINAL}|(?P<w>{_WORD_DAY}))(?:\s?|(?P<hyphen>-))(?:of\s|i\s)?|"
        rf"(?P<wo>{_WORD_DAY_OF})\s(?:day\s)?of\s)(?P<m>{_MONTH})"
        rf"(?:\s?,?[\s-]{{0,3}}(?:of\s|år\s)?(?P<y>{_YEAR})|{_MARKED}|{_BARE})?{_THIS_YEAR}",
    ),
    (
        "us",
        rf"(?<![{_LETTER}0-9])(?P<m>{_MONTH})\s?(?:(?P<d0>{_DAY}){_TH}{_TO})?(?P<d>{_DAY}){_TH}(?:(?:,\s?|\s)(?P<y>{_YEAR})|,?\s?'(?P<yq>[0-9]{{2}})(?![0-9]))",
    ),
    (
        "us",
        rf"(?<![{_LETTER}0-9])(?:(?-i:(?=[A-Z]))|(?=(?:{MONTHS_ENGLISH.replace(' ', '|')})\b)|(?={_MONTH}\s[0-9]{{1,2}}(?:st|nd|rd|th)\b))"
        rf"(?P<m>{_MONTH})\s(?:(?P<d0>{_DAY}){_TH}{_TO})?(?P<d>{_DAY}){_TH}(?![{_LETTER}]|[0-9.,:/]{{0,12}}[0-9])(?!\s?{_LONG}){_THIS_YEAR}",
    ),
    (
        "dots",
        rf"{_OPEN}(?:(?P<d0>{_DAY})\.(?:(?P<m0>[01]?[0-9])\.?)?\s?-\s?)?(?P<d>[0-9]{{1,2}})\.\s?(?P<m>[0-9]{{1,2}})\.\s?(?P<y>[0-9]{{4}})(?![0-9])",
    ),
    # Without a leading zero, the year is no first figure, and points are not written with the month first.
    ("dots", rf"{_OPEN}(?P<d>[1-9])\.(?P<m>[1-9]|1[0-2])\.(?P<yq>2[0-9])(?![0-9]|[.,:/-][0-9])"),
    # With points the day comes first, and above 12 it is no month; "05.06.26" stays unread.
    ("dots", rf"{_OPEN}(?P<d>1[3-9]|2[0-9]|3[01])\.(?P<m>0?[1-9]|1[0-2])\.(?P<yq>2[0-9])(?![0-9]|[.,:/-][0-9])"),
    ("slash", rf"{_OPEN}(?<!/)(?P<d>[0-9]{{1,2}})(?P<sep>[/-])(?P<m>[0-9]{{1,2}})(?P=sep)(?P<y>[0-9]{{4}})(?![0-9/]|-[0-9])"),
    (
        "short",
        rf"{_OPEN}(?<!/)(?P<d>{_DAY})/(?P<m>1[0-2]|0?[1-9])(?:(?:\s?-\s?|\s)(?P<y>{_YEAR})|{_MARKED}|\s(?P<yb>[23][0-9])(?=\s?(?:$|[\0,;)!?]|\.(?![0-9])|kl\b)))?(?![0-9/%]){_THIS_YEAR}",
    ),
    ("finnish", rf"{_OPEN}(?P<d>{_DAY})\.(?P<m>1[0-2]|0?[1-9])\.(?![0-9])"),
    (
        "two",
        r"(?<![0-9.,:/-])(?:[0-9]{2}([./-])(?:0[1-9]|1[0-2])\1(?!00)[0-9]{2}|[0-9]{1,2}([/-])(?:0?[1-9]|1[0-2])\2[0-9]{2})(?![0-9]|[.,:/-][0-9])",
    ),
    (
        "last",
        r"\b(?:sista\s(?:dag(?:en)?\si\s)?|si(?:d?ste)\s(?:dag(?:en)?\si\s)?|last\s(?:day\s)?(?:of|in)\s|ut?gången\sav\s|u[dt]gangen\sa[fv]\s)"
        rf"(?P<m>{_LONG})(?:,?\s(?P<y>{_YEAR}))?{_THIS_YEAR}",
    ),
    (
        "month",
        rf"(?<![{_LETTER}0-9])(?P<part>(?:början|mitten|slutet|starten|slutningen|slutten|begyndelsen|begynnelsen|midten)\s(?:av|af|på|i)\s|"
        r"(?:primo|medio|ultimo)\s|(?:early|mid|late|end\sof|beginning\sof)[-\s])?"
        rf"(?:{_LONG}\s?[-/]\s?)?(?P<m>{_LONG})(?:\s(?P<y>{_YEAR}))?",
    ),
    ("season", rf"(?<![{_LETTER}0-9])(?:{SEASON})(?:\s(?:av\s|af\s)?(?P<y>{_YEAR}))?"),
    ("week", r"\b(?:vecka|veckorna|week|uge|uke|v\.)\s?(?P<d>[0-9]{1,2})(?:\s?-\s?[0-9]{1,2})?(?![0-9])"),
)
_COMPILED = tuple((name, re.compile(pattern.replace(r"\s+", r"\s"), re.IGNORECASE)) for name, pattern in _PATTERNS)

# A day and a month with a slash and no year is a date only where words say so: 24/7, 1/3 of, 3/4.
_SHORT_AFTER = re.compile(
    rf"(?:\b(?:den|d\.|senast|senest|till?|från|fra|före|før|innan|innen|inden|mellan|mellem|mellom|och|og|o(?:ch|g)\smed|öppnar|öppnas|åbner|åpner|"
    rf"stänger|stängs|lukker|stenger|deadline|frist\w{{0,12}}|\w{{0,20}}frist|datum\w{{0,12}}|dato|ansökningsdag\w{{0,6}}|är|er|{WEEKDAY})[\s:]{{0,3}}|"
    r"[0-9]/[0-9]{1,2}\s?[-,]\s?)$",
    re.IGNORECASE,
)
_SHORT_GOES_ON = re.compile(r"\s?(?:$|\0|-\s?[0-9]{1,2}/[0-9])")
_SHORT_BEFORE = re.compile(r"\s?(?:av\b|tjänst|procent|%|del\b|mil\b|kr\b|kronor|euro)", re.IGNORECASE)
_POINTS_AFTER = re.compile(r"\b(?:den|d\.|senast|senest|till?|före|før|innan|innen|inden)\s$", re.IGNORECASE)
_COMPACT_AFTER = re.compile(
    r"(?:deadline|sista|sidste|siste|last|clos(?:es|ing)|stäng\w{0,4}|lukke\w{0,3}|stenge\w{0,3}|senast|senest|innen|inden|before|until|till?|by|"
    r"frist\w{0,12}|datum\w{0,6}|dato|date|dag)\b[^0-9\0.;]{0,25}$",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(rf"(?<![{_LETTER}]){_MONTH}\s?$", re.IGNORECASE)
_FIRST_JOIN = re.compile(
    r"[\s,)]{0,3}(?:(?:and|och|og)\s(?=till|until|fr[ae]m|fram))?"
    r"(?:-|(?P<och>och|and|og)\b|t\.?\s?o\.?\s?m\.?|(?:fr[ae]m\s)?till?(?:\so(?:ch|g)\smed)?\b|(?:up\s)?to\b|until\b|through\b)"
    rf"\s?(?:(?:senast|senest|den|the|d\.|{WEEKDAY},?)\s){{0,3}}$",
    re.IGNORECASE,
)
# "5 mars kl. 12.00 2027"
_YEAR_BEHIND = re.compile(
    r",?\s(?P<y>20[0-9]{2})(?![0-9]|[.,:/-][0-9]|\s?(?:kr\b|kronor|kroner|euro|projekt|prosjekt|project|kommun|ansök|sökande|deltag))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"\b(?:mellan|mellem|mellom|between)\s(?:{WEEKDAY},?\s)?(?:(?:den|the)\s)?$", re.IGNORECASE)


# "Midnatt mellan den 9 och 10 mars", "natten till den 10 mars": the last minute of the 9th.
_NIGHT = r"(?:(?:kl(?:ockan|okken|okka)?\.?\s)?(?:24|0?0)[.:]00,?\s)?(?:(?:vid|ved|at)\s)?"
_NIGHT_BETWEEN = re.compile(
    rf"{_NIGHT}(?:(?:midnatt|midnat|midnight),?\s(?:(?:på\s)?natt(?:en)?\s)?|natt(?:en)?\s)(?:mellan|mellem|mellom|between)\s(?:{WEEKDAY},?\s)?(?:(?:den|the)\s)?$",
    re.IGNORECASE,
)
_NIGHT_TO = re.compile(
    rf"{_NIGHT}\b(?:natt(?:en)?|natta)\s(?:mot|till?)\s(?:(?P<day>{WEEKDAY}),?\s)?(?:den\s)?$",
    re.IGNORECASE,
)
_NIGHT_AND = re.compile(rf"\s(?:och|og|and)\s(?:{WEEKDAY},?\s)?(?:(?:den|the)\s)?$", re.IGNORECASE)


def plain(text: str) -> Plain:
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
    return Plain("".join(pieces), tuple(starts), tuple(shifts))


def scan(text: str, zone: str) -> list[Mention]:
    """Return every mention in the words of a `Plain`, in order, periods joined. `zone` is where a time stamp with an offset is read.

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
            if mention.first is not None and hit.groupdict().get("pair") and not _is_between(text, hit.start()):
                # "12 och 15 oktober" are two days, "mellan 12 och 15 oktober" is a period.
                found.append(replace(mention.first, end=hit.end("d0")))
                mention = replace(mention, first=None, start=hit.start("d") if hit["d"] else hit.start("w"))
            found.append(mention)
    found.sort(key=lambda mention: mention.start)
    return _join(text, _with_clocks(text, _nights(text, found)))


def _nights(text: str, mentions: list[Mention]) -> list[Mention]:
    """The mentions, where a midnight is told by the days on its two sides as the last minute of the first."""
    found: list[Mention] = []
    for mention in mentions:
        previous = found[-1] if found else None
        place = mention.start
        if previous is not None and previous.form is Form.DAY and _NIGHT_AND.fullmatch(text, previous.end, place):
            place = previous.start
        hit = _NIGHT_BETWEEN.search(text, max(0, place - 70), place) if mention.form is Form.DAY else None
        weekday = None
        if hit is not None and place != mention.start:
            found.pop()
        elif hit is None or mention.first is None:
            hit = _NIGHT_TO.search(text, max(0, mention.start - 60), mention.start) if mention.form is Form.DAY else None
            if hit is not None and hit["day"]:
                weekday = (WEEKDAYS.get(hit["day"].casefold().rstrip("."), 0) - 1) % 7
        found.append(_evening_before(mention, hit.start(), weekday) if hit is not None else mention)
    return found


def _evening_before(mention: Mention, start: int, weekday: int | None) -> Mention:
    """The last minute of the day before a mention."""
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
    """The mentions with their weekdays and times, each looked for between its neighbours."""
    timed: list[Mention] = []
    for index, mention in enumerate(mentions):
        limit = mentions[index + 1].start if index + 1 < len(mentions) else len(text)
        if mention.form is Form.DAY:
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
                year = _YEAR_BEHIND.match(text, mention.end, limit) if mention.year is None else None
                if year is not None:
                    mention = replace(mention, end=year.end(), year=int(year["y"]))
        timed.append(mention)
    return timed


def _is_between(text: str, start: int) -> bool:
    return _BETWEEN.search(text, max(0, start - 30), start) is not None


def _short_year(got: dict[str, str | None]) -> tuple[int | None, str]:
    """The year that two figures mean, and what is wrong with it."""
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
        return Mention(*span, Form.SEASON)
    if name == "season":
        return Mention(*span, Form.SEASON, year=year)
    if name == "two":
        return Mention(*span, Form.DAY, problem="tvåsiffrigt årtal kan läsas på flera sätt")
    short, trouble = _short_year(got)
    year = year if year is not None else short
    if not _is_date(name, hit, text, year=year):
        return None
    month_words = got["m"].rstrip(".").casefold()
    month = int(month_words) if month_words.isascii() and month_words.isdigit() else MONTHS[month_words]
    if name == "month":
        return Mention(*span, Form.MONTH, year=year, month=month) if month_words != "may" or year is not None else None
    shift = None
    if got.get("shift"):
        shift = 1 if got["shift"].casefold().startswith("n") else 0
    if name == "last":
        return Mention(*span, Form.DAY, year=year, month=month, day=-1, shift=shift)
    mention = Mention(
        *span, Form.DAY, year=year, month=month, day=_day(got), shift=shift, loose=name == "slash" and got.get("sep") == "/"
    )
    mention = replace(mention, problem=trouble or _problem(mention))
    if got.get("clock") and not mention.problem:
        assert mention.year is not None
        assert mention.month is not None
        assert mention.day is not None
        day, at = read_stamp(date(mention.year, mention.month, mention.day), got["clock"], zone)
        mention = replace(mention, year=day.year, month=day.month, day=day.day, time=at)
    if got.get("d0"):
        first = Mention(*span, Form.DAY, year=None, month=int(got["m0"]) if got.get("m0") else month, day=int(got["d0"]))
        mention = replace(mention, first=replace(first, problem=_problem(first)))
    return mention


def _day(got: dict[str, str]) -> int:
    if got.get("w"):
        return DAY_WORDS[got["w"].casefold()]
    return DAY_WORDS_OF[got["wo"].casefold()] if got.get("wo") else int(got["d"])


def _is_date(name: str, hit: re.Match[str], text: str, *, year: int | None) -> bool:
    """Tell whether the surroundings let these figures be a date."""
    before = slice(max(0, hit.start() - 50), hit.start())
    if name == "iso":
        # "2027-3-3" is a date, "1027-3-3" a number of something.
        return len(hit["m"]) == len(hit["d"]) == 2 or hit["y"].startswith("20")
    if name == "words":
        # "January 15-March 31" is a period of two days that an American wrote.
        return not hit["hyphen"] or _MONTH_BEFORE.search(text[before]) is None
    if name == "compact":
        return _COMPACT_AFTER.search(text[before]) is not None
    if name == "finnish":
        return _POINTS_AFTER.search(text[before]) is not None
    if name == "short" and year is None:
        if _SHORT_BEFORE.match(text, hit.end()):
            return False
        return bool(_SHORT_AFTER.search(text[before]) or _SHORT_GOES_ON.match(text, hit.end()))
    return True


def _problem(mention: Mention) -> str:
    """Why these figures are no day, or an empty string."""
    assert mention.day is not None
    assert mention.month is not None
    try:
        # 2000 is a leap year: without a year, 29 February is a day.
        day = date(mention.year if mention.year is not None else 2000, mention.month, mention.day)
    except ValueError:
        return "dagen finns inte i kalendern"
    return year_problem(day) if mention.year is not None else ""


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
            if between is not None and (not between["och"] or _is_between(text, previous.start)):
                joined[-1] = replace(mention, start=previous.start, first=previous)
                continue
        joined.append(mention)
    return joined
