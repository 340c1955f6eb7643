"""Roles of the dates of a text: each with its sentence, the words before and behind it, and the purpose they give it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from monitor.language.datafile import Patterns
from monitor.language.date_cues import (
    CLOSES,
    CONSULTS,
    OTHERWISE,
    Cue,
    CueHit,
    Sentence,
    find_cues,
    follows_directly,
    is_correction,
    is_ending,
    is_extension,
    is_handled,
    is_last_day,
    is_list_link,
    is_moved_from,
    is_named_last,
    is_numbered,
    is_open_from,
    is_optional,
    is_past,
    is_replaced,
    is_signing_up,
    is_source,
    is_void,
    read_sentence,
    says_applying,
)
from monitor.language.date_forms import Granularity, Mention
from monitor.language.date_words import CALENDAR
from monitor.language.segments import Segment

_OPEN_WORDS = 80
"""Characters before a date in which the words that open a round are searched."""


_ANNOUNCEMENT = 140
"""Characters of the longest line that announces a list of closing days."""


class DateRole(StrEnum):
    """Purpose of a date. ANSWER is the last day to answer a consultation (Swedish: remiss), which is no application."""

    DEADLINE = "deadline"
    ANSWER = "answer"
    OPENING = "opening"
    PUBLICATION = "publication"
    DECISION = "decision"
    OTHER = "other"


_CLOSING = CLOSES | {Cue.APPLY}
_HINT = re.compile(
    r"(?:(?P<for>\b(?:för|under|inför|sedan|till|från|hösten|våren|of|for|in|from|"
    r"perioden)\s+))?(?<![0-9-])(?P<y>20[0-9]{2})\s*(?:är|var|was|is|:)?\s*(?:den\s+)?$"
)
_PATTERNS = Patterns(
    grammar={
        "bullet": r"[\s*>·•)(-]*(?:(?:den|the|senast|senest|kl\.?|{weekday})\s+)*|[^:,.]{1,30}:\s*(?:den\s+)?",
        "answer": r"[\s,.:]*(?:(?:ja|yes|jo|den|the|by|senast|senest|innan|innen|inden|före|på|on)\b[\s,.:]*)*",
        "year_of_list": (
            r"\b(?:in|i|under|during)\s(?P<a>20[0-9]{2}):\s(?:den\s)?$|(?:^\s?|[,;]\s|\b(?=(?:och|and|og)\s))(?:(?:och|and|og)\s)?(?:(?:in|i|under|"
            r"during|för|for)\s)?(?P<b>20[0-9]{2})\s(?:är|er|are|is|finns|infaller|the)\s[^.:;0-9]{0,60}$"
        ),
        "open": r"(?<!var\s)\böpp(?:en|et)\b|\bopen\b|\bå[bp]en\b",
        # Between a month or season and its day: "stoppdatum för våren är den 1 mars".
        "only_is": r"\s(?:(?:är|er|is|blir|bliver)\s)?(?:(?:den|the|on|{weekday},?)\s){0,2}",
        # A portal that is shut for some days: "är stängd 24–27 december".
        "shut": (
            r"\b(?:är|er|is|are|holder|håller)\s(?:stängd|stängt|lukket|stengt|closed)\s"
            r"(?:(?:from|från|fra|between|mellan|mellem|mellom)\s)?(?:den\s)?$"
        ),
        # A season that is applied for bounds its closing day: "ansökan för våren 2027 stänger 15 oktober".
        "season_for": r"\b(?:för|inför|avseende|for|til|till)\s+(?:the\s+)?$",
        # A round is open from a day, told with what one can do: "Fra den 1. december kan skoler søge".
        "from_day": r"(?:^|[.:;(]\s?)(?:från(?:\soch\smed)?|fra(?:\sog\smed)?|from)\s(?:{weekday},?\s)?(?:(?:den|the|d\.)\s)?$",
        "can_apply": r"[\s,]{1,2}(?:kan|får|can|may)\s[^.;:!?\n]{0,90}?\b(?:ansök|sök|søg|søk|ansøg|appl[yi]|submit)",
        # A line or sentence that announces the closing days below it: "tre tillfällen:", "two strands with different deadlines".
        "announces": (
            r"\b(?:två|tre|fyra|fem|sex|to|fire|seks|two|three|four|five|six|several|different|flera|olika|følgende|följande|following|[2-6])\s"
            r"(?:\w+\s){0,3}?(?:deadlines|cut-?offs?(?:\sdates)?|closing\sdates|frister|ansökningsdagar|stoppdatum|ansøgningsfrister|søknadsfrister)\b|"
            r"\b(?:två|tre|fyra|fem|sex|to|fire|seks|two|three|four|five|six|flera|følgende|följande|following|[2-6])\s"
            r"(?:tillfällen|omgångar|perioder|ansökningsperioder|ansökningsomgångar|runder|perioder|rounds|periods|windows|gånger|times|ganger|gange)[^.:]{0,20}:$|"
            r"^(?:ansökningsomgångar|ansökningsperioder|söktider|ansøgningsrunder|søknadsrunder|søknadsperioder|"
            r"application\s(?:rounds|periods|windows))\b[^.,:]{0,20}:?$|"
            r"\b(?:ansökan|ansökningarna|ansøgningen|søknaden|applications?)\s[^.:;0-9]{0,40}\b(?:senast|senest|by|innen|inden)\s?:$|"
            r"\b(?:datum|dag|dato|dates?|day)\s(?:som|that|der|which)\s(?:anges|står|is\sgiven|are\sgiven|angis|angives|står)\b"
        ),
        "year_of_announced": (
            r"(?:^(?:under|i|in|during)\s(?=20[0-9]{2}\s(?:er|har|är|are|finns|there|we|vi)\b)|^(?:under|i|in|during)\s(?=20[0-9]{2}:?$)|\b(?:omgångar|perioder|runder|rounds|tillfällen|windows|periods)\s(?:under\s|i\s|in\s)?)"
            r"(?P<y>20[0-9]{2})\b"
        ),
        # Behind an opening day, of the same round: "inleds den 30 november och avslutas den 8 januari".
        "ends_too": (
            r"[\s,]{0,2}(?:kl\.?\s?[0-9.:]+\s)?(?:och|og|and)\s(?:den\s|it\s)?"
            r"(?:avslutas|slutar|ends|afsluttes|avsluttes|slutter|sluttes)\s(?:on\s)?(?:{weekday},?\s)?(?:(?:den|the|d\.)\s)?"
        ),
        # "Fire runder i 2027, med frister 29. januar": the year of all the days.
        "year_of_rounds": (
            r"\b(?:(?:två|tre|fyra|fem|sex|to|fire|seks|two|three|four|five|six|flera|several|[2-6])\s(?:\w+\s)?"
            r"(?:\w*runder|\w*omgångar|\w*frister|\w*tillfällen|stopp|\w*datum|rounds|deadlines|cut-?offs?|cut-?off\sdates|dates)|"
            r"\w*tillfällena|\w*omgångarna|\w*perioderna|\w*runderne|\w*rundene|\w*fristene|\w*fristerne|windows)\s(?:i|in|under|during)\s"
            r"(?P<y>20[0-9]{2})\b(?![^0-9]*\b(?:starta|start|begin|börja)\w*)[^.:;0-9]{0,40}:?\s?$"
        ),
        # "Tidigast 1 mars och senast 30 april": the first day of what the second one closes.
        "earliest": (
            r"\b(?:tidigast|tidligst|earliest|(?:not|no)\s(?:earlier\sthan|before))\s(?:{weekday},?\s)?(?:(?:from|från|fra|den|the|d\.)\s){0,2}$"
        ),
        "latest_then": (
            r"[\s,]{0,2}(?:och|og|and|men|but)\s(?:senast|senest|by|(?:no|not)\slater\sthan|latest|innen|inden|innan)\s(?:{weekday},?\s)?"
            r"(?:(?:den|the|d\.)\s)?"
        ),
        # Words of sending something to who asks for it, of which a bound may be the last day.
        "sends": (
            r"\b(?:(?:skicka|sänd|send|mejl|maila|mail|post|lever|aflever|fyll|udfyld|anmäl|tilmeld|påmeld|nå)\w{0,4}|skriv(?:er|a|e)?|lämnas?|enter|"
            r"hand\sin|sign\sup|regist(?:er|ration)|return|email|write|tell|berätta|svara|svar|reply|reach|(?:(?:vara|være|vara|be|ha|have|has|har)\s(?:\w+\s){0,3}?"
            r"(?:inne|hos|oss|os|us|inskicka\w*|mottat\w*|modtaget|received|sent|in|det|den)))\b[^.!?\n]{0,120}$"
        ),
        # A period behind nothing but a label: "Runde én: 20. januar-17. februar", "Windows in 2027: 1-31 January".
        "label": r"[^.:!?\n]{1,40}:\s(?:den\s)?",
        "no_round": (
            r"\b(?:projekt|prosjekt|project|pilot|insats|arbets|bemann|öppettid|open\shours|ferie|semester|jul|utställ|kurs|mäss|stängt|"
            r"closed|lukket|stengt)"
        ),
        "bare": (
            r"(?:[\s().:!,;-]|\b(?:den|i|mellan|mellem|mellom|från|fra|och|og|samt|the|from|between|on|and|in|förläng[td]?|1|"
            r"en|månad)\b|{weekday})*"
        ),
    },
    others=(CALENDAR,),
)


@dataclass(slots=True)
class DateReading:
    """Mention with its sentence and role, from which a FoundDate is made."""

    mention: Mention
    segment: Segment
    sentence: Sentence
    before: str
    after: str
    role: DateRole
    linked: bool = False
    """Only commas and words such as "och" are between it and the date before."""
    past: bool = False
    """The text speaks of it as passed."""
    hint: int | None = None
    """Year of a heading or of the words before the day."""
    moved: bool = False
    """The day takes the place of an earlier one."""
    replaced: bool = False
    """Another day took its place."""
    void: bool = False
    """The day no longer holds."""
    season_end: date | None = None
    """Last day of the season that is applied for."""
    bound: bool = False
    """Something is to be sent by it, or it is a period behind a label, and its sentence does not say what for."""


class _Heading(NamedTuple):
    """Role and year that a line without a date gives to the lines below it; None for each that it does not state."""

    role: DateRole | None = None
    year: int | None = None
    asks: bool = False
    """True for a question, whose answer may begin with "Ja, senast"."""


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """Mention with the words and cues around it in its segment."""

    words: str
    segment: Segment
    sentence: Sentence
    mention: Mention
    before: str
    """Words between the mention before it, or the beginning of the segment, and the mention."""
    after: str
    """Words between the mention and the next one, or the end of the segment."""
    floor: int
    """Offset of `before`."""
    cues: list[CueHit]
    """Cues before the mention that no earlier mention has used."""
    behind: list[CueHit]
    """Cues behind the mention, unless they belong to a later day."""
    last: bool
    """True for the last mention of its segment."""


def read_roles(words: str, segments: list[Segment], mentions: list[Mention]) -> list[DateReading]:
    """Return each mention with its sentence and role, in order."""
    readings: list[DateReading] = []
    alone = _is_alone(words, mentions)
    heading = _Heading()
    columns = _Columns(words, mentions)
    index = 0
    for segment in segments:
        inside = []
        while index < len(mentions) and mentions[index].start < segment.end:
            inside.append(mentions[index])
            index += 1
        if not any(mention.granularity is Granularity.DAY for mention in inside):
            # A heading holds for the list below it, a sentence does not.
            found = _read_heading(words, segment)
            if segment.line or found.role is not None or not inside:
                heading = found
        cell = columns.heading_of(segment, dated=bool(inside))
        found_here = _read_segment(words, segment, inside, cell or heading, alone=alone)
        if found_here and readings and _continues_list(words, readings[-1], found_here[0]):
            found_here[0].role = readings[-1].role
        readings += found_here
    return readings


class _Columns:
    """Headings of the columns of a table whose cells are parted by strokes; a line without a date is the head of those below."""

    def __init__(self, words: str, mentions: Sequence[Mention]) -> None:
        self._words = words
        self._days = [mention.start for mention in mentions]
        self._heads: dict[int, _Heading] = {}
        self._label: _Heading | None = None

    def heading_of(self, segment: Segment, *, dated: bool) -> _Heading | None:
        """Return the heading of a cell with a date: of its column, else of its row; None outside of a table or without a head."""
        begin = self._words.rfind("\n", 0, segment.start) + 1
        end = self._words.find("\n", segment.end)
        end = len(self._words) if end < 0 else end
        if "|" not in self._words[begin:end]:
            self._heads = {}
            return None
        column = self._words.count("|", begin, segment.start)
        if column == 0:
            self._label = None if dated else _read_heading(self._words, segment)
        if not dated and bisect_left(self._days, begin) == bisect_left(self._days, end):
            if column == 0:
                self._heads = {}
            self._heads[column] = _read_heading(self._words, segment)
        head = self._heads.get(column) if dated and len(self._heads) > 1 else None
        return self._label if head is not None and head.role is None and self._label is not None else head


def _continues_list(words: str, previous: DateReading, reading: DateReading) -> bool:
    """Tell whether a day goes on with a list whose days semicolons part: "21 January 2027, 17:00; 20 May 2027, 17:00"."""
    between = words[previous.mention.end : reading.mention.start]
    return reading.role is DateRole.OTHER and re.fullmatch(r"\s?;\s?(?:och\s|and\s|og\s|samt\s)?(?:den\s)?", between) is not None


def _read_segment(words: str, segment: Segment, inside: list[Mention], heading: _Heading, *, alone: bool) -> list[DateReading]:
    """Return the readings of the mentions inside a segment; `alone` tells that the whole text is dates."""
    readings: list[DateReading] = []
    used = segment.start
    sentence = read_sentence(words, segment.start, segment.end)
    for place, mention in enumerate(inside):
        previous = readings[-1] if place else None
        around = _look_around(words, segment, sentence, inside, place, used)
        role, spent = _role(around, alone=alone)
        if spent is not None:
            used = spent
        reading = DateReading(mention, segment, sentence, around.before, around.after, role)
        reading.linked = previous is not None and not around.cues and is_list_link(around.before)
        bullet = not around.cues and _PATTERNS["bullet"].fullmatch(around.before) is not None
        if heading.asks and all(cue.cue is Cue.UNTIL for cue in around.cues):
            bullet = _PATTERNS["answer"].fullmatch(around.before) is not None
        listed = place == 0 and heading.role is not None and bullet
        _note_move(reading, around.cues, previous)
        aside = (reading.moved or reading.replaced) and _is_bracketed(around.before)
        if previous is not None and (reading.linked or aside):
            reading.role = previous.role
        elif listed and heading.role is not None and (spent is None or heading.asks):
            reading.role = heading.role
        elif _ends_round(reading, previous):
            reading.role = DateRole.DEADLINE
        reading.bound = reading.role is DateRole.OTHER and _is_bound(around, previous if reading.linked else None)
        if previous is not None and previous.role is DateRole.OTHER and reading.role is DateRole.DEADLINE:
            _note_earliest(previous, reading)
        past = is_past(" ".join(words[cue.start : cue.end] for cue in around.cues) + " " + around.before[-12:])
        reading.past = past or (reading.linked and previous is not None and previous.past) or sentence.other_round
        _note_years(reading, around, previous, heading if listed else None)
        readings.append(reading)
    return readings


def _ends_round(reading: DateReading, previous: DateReading | None) -> bool:
    """Tell whether a day ends what the day before it opens for applications: "inleds den 1 maj och avslutas den 3 juni"."""
    opened = previous is not None and previous.role is DateRole.OPENING and reading.sentence.applies
    return opened and _PATTERNS["ends_too"].fullmatch(reading.before) is not None


def _note_earliest(first: DateReading, last: DateReading) -> None:
    """Make a day an opening where it is the first one of what the next one closes: "tidigast 1 mars och senast 30 april"."""
    if _PATTERNS["earliest"].search(first.before) and _PATTERNS["latest_then"].fullmatch(last.before):
        first.role = DateRole.OPENING


def _is_bound(around: _Surroundings, listed_behind: DateReading | None) -> bool:
    """Tell whether a day that no word explains is the last one to send something, or a period stands behind a label alone."""
    if listed_behind is not None and listed_behind.bound:
        return True
    words, segment, mention = around.words, around.segment, around.mention
    if mention.granularity is not Granularity.DAY or _PATTERNS["no_round"].search(words, segment.start, segment.end):
        return False
    if mention.first is not None:
        return _PATTERNS["label"].fullmatch(words, segment.start, mention.start) is not None
    near = around.cues[-1:]
    if not near or not (near[0].cue in CLOSES or is_last_day(words[near[0].start : near[0].end])):
        return False
    cues = find_cues(words, segment.start, mention.start)
    plain = all(
        cue.cue is Cue.UNTIL or cue.cue in CLOSES or is_signing_up(words[cue.start : cue.end]) for cue in (*cues, *around.behind)
    )
    return plain and _PATTERNS["sends"].search(words, segment.start, near[0].start) is not None


def _look_around(words: str, segment: Segment, sentence: Sentence, inside: list[Mention], place: int, used: int) -> _Surroundings:
    """Return the surroundings of one of the mentions inside a segment; cues before the offset `used` belong to earlier ones."""
    mention = inside[place]
    last = place + 1 == len(inside)
    floor = inside[place - 1].end if place else segment.start
    vaguely = place > 0 and inside[place - 1].granularity is not Granularity.DAY
    if vaguely and _PATTERNS["only_is"].fullmatch(words, floor, mention.start):
        floor = inside[place - 2].end if place > 1 else segment.start
    following = max(segment.end, mention.end) if last else inside[place + 1].start
    # "för våren 2027 stänger 15 oktober": the closing word belongs to the day behind it.
    vague = mention.granularity is not Granularity.DAY and any(
        later.granularity is Granularity.DAY for later in inside[place + 1 :]
    )
    return _Surroundings(
        words=words,
        segment=segment,
        sentence=sentence,
        mention=mention,
        before=words[min(floor, mention.start) : mention.start],
        after=words[mention.end : following],
        floor=floor,
        cues=find_cues(words, max(used, min(floor, mention.start)), mention.start),
        behind=[] if vague else find_cues(words, mention.end, following),
        last=last,
    )


def _note_move(reading: DateReading, cues: list[CueHit], previous: DateReading | None) -> None:
    """Note in a reading whether its day takes the place of another one, has lost its own, or no longer holds."""
    before, after = reading.before, reading.after
    reading.moved = any(cue.cue in (Cue.MOVED, Cue.RENEWED) for cue in cues) or is_correction(before)
    if is_moved_from(before) and reading.mention.first is not None:
        reading.mention, reading.moved = replace(reading.mention, first=None), True
        reading.role = _moved_role(cues, applies=reading.sentence.applies)
    elif previous is not None and previous.moved and is_source(before):
        reading.replaced = True
    else:
        reading.replaced = is_replaced(before)
    reading.void = is_void(before, after) or (reading.replaced and is_void("", after))


def _note_years(reading: DateReading, around: _Surroundings, previous: DateReading | None, heading: _Heading | None) -> None:
    """Note in a reading the year that its heading or sentence states, and the end of the season that is applied for."""
    mention = around.mention
    reading.season_end = previous.season_end if previous is not None else None
    season = mention.granularity is Granularity.SEASON and mention.year is not None
    if season and mention.year is not None and _PATTERNS["season_for"].search(around.before):
        reading.season_end = _season_end(around.words[mention.start : mention.end], mention.year)
    if heading is not None:
        reading.hint = heading.year
    else:
        reading.hint = _year_hint(around.before, around.cues, around.floor) or _year_of_list(around.before)
    if reading.hint is None and reading.linked and previous is not None and previous.mention.year is None:
        reading.hint = previous.hint


def _is_bracketed(before: str) -> bool:
    """Tell whether a day is in an aside about the one before it: "1 februari (förlängd till", "15 april, i stället för"."""
    return len(before.split()) <= 6 and re.search(r"[.!?]\s", before) is None


def _season_end(words: str, year: int) -> date:
    """Return the last day of a season: applications for it close before."""
    spring = re.search(r"vår|spring|forår", words, re.IGNORECASE)
    return date(year, 6, 30) if spring and year < 2100 else date(year, 12, 31)


def _read_heading(words: str, segment: Segment) -> _Heading:
    """Return the role and the year that a line without a date gives to the lines below it."""
    text = words[segment.start : segment.end]
    if len(text) <= _ANNOUNCEMENT and _PATTERNS["announces"].search(text) and (says_applying(text) or not text.endswith(":")):
        year = _PATTERNS["year_of_announced"].search(text)
        return _Heading(DateRole.DEADLINE, int(year["y"]) if year else None)
    if len(text) > 90 or (text.endswith((".", "!")) and not text.endswith("...")):
        return _Heading()
    cues = [
        cue for cue in find_cues(words, segment.start, segment.end) if cue.cue not in (Cue.UNTIL, Cue.WORK, Cue.MOVED, Cue.VIEWS)
    ]
    # A title is no heading of the date line below it, unless it is a label.
    label = cues and (cues[-1].cue is Cue.APPLY or (cues[-1].cue in CLOSES and len(text.split()) == 1))
    if (
        not cues
        or len(text.split()) > (9 if text.endswith("?") else 6)
        or (segment.start == 0 and not label and not text.endswith("?"))
    ):
        return _Heading()
    year = _HINT.search(text)
    if year is None or year["for"]:
        year = _PATTERNS["year_of_announced"].search(text)
    role = _from_cues(cues, applies=True)
    return _Heading(role, int(year["y"]) if year else None, text.endswith("?"))


def _year_hint(before: str, cues: list[CueHit], floor: int) -> int | None:
    """Return the year between a cue and its day: "sista dag att skicka in ansökan 2021 var den 18 maj"."""
    hint = _HINT.search(before)
    if hint is None or hint["for"] or not cues or floor + hint.start("y") < cues[0].start:
        return None
    return int(hint["y"])


def _year_of_list(before: str) -> int | None:
    """Return the year of all days of a list: "tre frister i 2027: 2. mars og", "Under 2027 är sista ansökningsdag den"."""
    if (rounds := _PATTERNS["year_of_rounds"].search(before)) is not None:
        return int(rounds["y"])
    hit = _PATTERNS["year_of_list"].search(before)
    return int(hit["a"] or hit["b"]) if hit is not None else None


def _role(around: _Surroundings, *, alone: bool) -> tuple[DateRole, int | None]:
    """Return the role of a date, and the end of the cue behind it that gave the role, which no later date may use."""
    words, segment, mention, cues, behind = around.words, around.segment, around.mention, around.cues, around.behind
    applies = around.sentence.applies
    ahead = next((cue for cue in behind if around.last or cue.cue in OTHERWISE or cue.cue is Cue.WORK), None)
    consults = any(c.cue in CONSULTS for c in (*cues, *behind)) and not any(c.cue is Cue.APPLY for c in cues)
    phrase = words[max(segment.start, mention.start - _OPEN_WORDS) : mention.start]
    if (role := _role_of_phrase(phrase, around.after, mention)) is not None:
        return role, None
    if cues:
        nearest = cues[-1].cue
        if mention.first is not None and consults and nearest is not Cue.ELSE:
            return DateRole.ANSWER, None
        if nearest is Cue.UNTIL and not any(c.cue in _CLOSING for c in cues):
            if (
                ahead is not None
                and (ahead.cue in OTHERWISE or ahead.cue is Cue.WORK)
                and not any(c.cue is Cue.APPLY for c in behind)
            ):
                return (DateRole.ANSWER if ahead.cue in CONSULTS else DateRole.OTHER), None
            bare = not behind and _is_short(around)
            return _from_cues(cues, applies=applies or bare) or DateRole.OTHER, None
        if nearest in CLOSES and ahead is not None and ahead.cue in OTHERWISE and _is_near(words, mention.end, ahead):
            return (DateRole.ANSWER if ahead.cue in CONSULTS else DateRole.OTHER), None
        if (
            nearest is Cue.MOVED
            and not is_extension(words[cues[-1].start : cues[-1].end])
            and _last(cues, {Cue.OPENS}) > _last(cues, _CLOSING)
        ):
            return DateRole.OPENING, None
        if _closes_round(around):
            return DateRole.DEADLINE, None
        return _from_cues(cues, applies=applies) or DateRole.OTHER, None
    if behind and follows_directly(words, mention.end, behind[0]) and behind[0].cue is not Cue.UNTIL:
        return _from_cues(behind[:1], applies=applies) or DateRole.OTHER, behind[0].end
    if ahead is not None and ahead.cue is not Cue.UNTIL:
        return _from_cues([c for c in behind if c.cue is not Cue.UNTIL][:1], applies=applies) or DateRole.OTHER, None
    if mention.first is not None and (applies or _is_open(around)):
        return DateRole.DEADLINE, None
    return (DateRole.DEADLINE if alone else DateRole.OTHER), None


def _closes_round(around: _Surroundings) -> bool:
    """Tell whether a date ends a round whose words are those of an opening or of work before it."""
    words, cues = around.words, around.cues
    if cues[-1].cue is Cue.OPENS:  # "öppnar 1 april till 15 maj", but not "projects run from 1 April to 15 May"
        return (
            not any(cue.cue is Cue.WORK for cue in cues)
            and around.mention.first is not None
            and (around.sentence.applies or _is_short(around) or _is_open(around))
        )
    # "Ansökningsomgången pågår nu och avslutas den 3 mars"
    ending = cues[-1].cue is Cue.WORK and is_ending(words[cues[-1].start : cues[-1].end])
    return ending and len(cues) == 2 and cues[0].cue is Cue.APPLY


def _is_open(around: _Surroundings) -> bool:
    """Tell whether something is open, in the segment of a date."""
    return _PATTERNS["open"].search(around.words, around.segment.start, around.segment.end) is not None


def _is_short(around: _Surroundings) -> bool:
    """Tell whether few words are beside a date in its segment."""
    words, segment, mention = around.words, around.segment, around.mention
    return len((words[segment.start : mention.start] + words[mention.end : segment.end]).split()) <= 5


def _role_of_phrase(before: str, after: str, mention: Mention) -> DateRole | None:
    """Return the role that a whole phrase before a date gives it, whatever cues are in the phrase; None without such a phrase."""
    if mention.first is None and (
        is_open_from(before) or (_PATTERNS["from_day"].search(before) and _PATTERNS["can_apply"].match(after))
    ):
        return DateRole.OPENING
    if mention.first is not None and _PATTERNS["shut"].search(before):
        return DateRole.OTHER
    if is_named_last(after):
        return DateRole.DEADLINE
    if is_optional(after):
        return DateRole.OTHER
    return DateRole.DECISION if is_handled(before, after) or is_numbered(after) else None


def _is_alone(words: str, mentions: list[Mention]) -> bool:
    """Tell whether the whole text is dates and nothing else."""
    if not mentions or len(words) > 200:
        return False
    for mention in reversed(mentions):
        words = words[: mention.start] + " " + words[mention.end :]
    return _PATTERNS["bare"].fullmatch(words) is not None


def _is_near(words: str, end: int, cue: CueHit) -> bool:
    """Tell whether only a few words are between a date and the cue behind it."""
    return len(words[end : cue.start].split()) <= 2 and not re.search(r"[.,;(]", words[end : cue.start])


def _from_cues(cues: list[CueHit], *, applies: bool) -> DateRole | None:
    """Return the role that the cues before a date (or in a heading) give it; None where they give none."""
    kinds = {hit.cue for hit in cues}
    nearest = cues[-1].cue
    if nearest is Cue.APPLY:
        return DateRole.DEADLINE
    if nearest in CONSULTS and Cue.ANSWER in kinds:
        return DateRole.ANSWER
    if nearest is Cue.MOVED:
        return _moved_role(cues, applies=applies)
    if nearest in CLOSES:
        late = _last(cues, OTHERWISE)
        return DateRole.DEADLINE if _last(cues, {Cue.APPLY}) >= late else _otherwise(cues[late])
    if nearest is Cue.UNTIL:
        late = _last(cues, OTHERWISE | {Cue.WORK})
        if late >= 0:
            # Work is outranked by whatever closes, a report or a meeting only by the application itself.
            stronger = {Cue.APPLY} if kinds & OTHERWISE else _CLOSING
            return DateRole.DEADLINE if _last(cues, stronger) > late else _otherwise(cues[late])
        if kinds & _CLOSING:
            return DateRole.DEADLINE
        for cue, role in (
            (Cue.PUBLISHED, DateRole.PUBLICATION),
            (Cue.DECISION, DateRole.DECISION),
            (Cue.OPENS, DateRole.OPENING),
        ):
            if cue in kinds:
                return role
        return DateRole.DEADLINE if applies else None
    return {Cue.OPENS: DateRole.OPENING, Cue.DECISION: DateRole.DECISION, Cue.PUBLISHED: DateRole.PUBLICATION}.get(
        nearest, DateRole.OTHER
    )


def _moved_role(cues: list[CueHit], *, applies: bool) -> DateRole:
    """Return the role of a day to which something was moved: the role of the thing."""
    late = _last(cues, OTHERWISE | {Cue.WORK, Cue.DECISION})
    if late >= 0 and _last(cues, _CLOSING) < late:
        return _otherwise(cues[late])
    return DateRole.DEADLINE if applies or {hit.cue for hit in cues} & _CLOSING else DateRole.OTHER


def _otherwise(cue: CueHit) -> DateRole:
    return DateRole.ANSWER if cue.cue in CONSULTS else DateRole.OTHER


def _last(cues: list[CueHit], kinds: AbstractSet[Cue]) -> int:
    """Return the place of the last cue of these kinds; -1 where there is none."""
    return max((place for place, hit in enumerate(cues) if hit.cue in kinds), default=-1)
