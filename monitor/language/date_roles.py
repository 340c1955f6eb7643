"""What the dates of a text are for: each with its sentence, the words before and behind it, and the role they give it."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from monitor.language.date_cues import (
    CLOSES,
    CONSULTS,
    OTHERWISE,
    Cue,
    Hit,
    Sentence,
    find_cues,
    is_correction,
    is_extension,
    is_list_link,
    is_moved_from,
    is_open_from,
    is_past,
    is_replaced,
    is_source,
    is_void,
    read_sentence,
    stands_next,
)
from monitor.language.date_forms import Form, Mention
from monitor.language.date_words import WEEKDAY
from monitor.language.segments import Segment

_OPEN_WORDS = 80
"""Characters before a date in which the words that open a round are looked for."""


class Role(StrEnum):
    """Purpose of a date. ANSWER is the last day to answer a consultation (Swedish: remiss), which is no application."""

    DEADLINE = "deadline"
    ANSWER = "answer"
    OPENING = "opening"
    PUBLICATION = "publication"
    DECISION = "decision"
    OTHER = "other"


_CLOSING = CLOSES | {Cue.APPLY}
_BULLET = re.compile(
    rf"[\s*>·•)(-]*(?:(?:den|the|senast|senest|kl\.?|{WEEKDAY})\s+)*|[^:,.]{{1,30}}:\s*(?:den\s+)?",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"(?:(?P<for>\b(?:för|under|inför|sedan|till|från|hösten|våren|of|for|in|from|perioden)\s+))?(?<![0-9-])(?P<y>20[0-9]{2})\s*(?:är|var|was|is|:)?\s*(?:den\s+)?$"
)
_YEAR_OF_LIST = re.compile(
    r"\b(?:in|i|under|during)\s(?P<a>20[0-9]{2}):\s(?:den\s)?$|"
    r"(?:^\s?|[,;]\s)(?:(?:och|and|og)\s)?(?:(?:in|i|under|during|för|for)\s)?(?P<b>20[0-9]{2})\s(?:är|er|are|is|finns|infaller|the)\s[^.:;0-9]{0,60}$",
    re.IGNORECASE,
)
_OPEN = re.compile(r"(?<!var\s)\böpp(?:en|et)\b|\bopen\b|\bå[bp]en\b", re.IGNORECASE)
# A season that the application is for bounds its closing day: "ansökan för våren 2027 stänger 15 oktober".
_SEASON_FOR = re.compile(r"\b(?:för|inför|avseende|for|til|till)\s+(?:the\s+)?$", re.IGNORECASE)
_BARE = re.compile(
    rf"(?:[\s().:!,;-]|\b(?:den|i|mellan|mellem|mellom|från|fra|och|og|samt|the|from|between|on|and|in|förläng[td]?|1|en|månad)\b|{WEEKDAY})*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Reading:
    """A mention on its way to a FoundDate.

    `hint` is the year of a heading or of the words before the day. `moved` tells that the day takes the place of an earlier one, `replaced` that
    another took its place, `void` that it holds no longer, `season_end` when the season is over that the application is for.
    """

    mention: Mention
    segment: Segment
    sentence: Sentence
    before: str
    after: str
    role: Role
    linked: bool = False
    past: bool = False
    hint: int | None = None
    moved: bool = False
    replaced: bool = False
    void: bool = False
    season_end: date | None = None


def read_roles(words: str, segments: list[Segment], mentions: list[Mention]) -> list[Reading]:
    """Return each mention with its sentence and role."""
    readings: list[Reading] = []
    alone = _is_alone(words, mentions)
    heading: Role | None = None
    heading_year: int | None = None
    index = 0
    for segment in segments:
        inside = []
        while index < len(mentions) and mentions[index].start < segment.end:
            inside.append(mentions[index])
            index += 1
        if not any(m.form is Form.DAY for m in inside):
            # A heading holds for the list below it, a sentence does not.
            role, year = _heading(words, segment)
            if segment.line or role is not None or not inside:
                heading, heading_year = role, year
        used = segment.start
        sentence = read_sentence(words, segment.start, segment.end)
        for place, mention in enumerate(inside):
            previous = readings[-1] if place else None
            floor = inside[place - 1].end if place else segment.start
            following = inside[place + 1].start if place + 1 < len(inside) else max(segment.end, mention.end)
            before = words[min(floor, mention.start) : mention.start]
            after = words[mention.end : following]
            cues = find_cues(words, max(used, min(floor, mention.start)), mention.start)
            behind = find_cues(words, mention.end, following)
            linked = previous is not None and not cues and is_list_link(before)
            listed = place == 0 and heading is not None and not cues and _BULLET.fullmatch(before) is not None
            last = place + 1 == len(inside)
            # "för våren 2027 stänger 15 oktober": the closing word belongs to the day behind it.
            vague = mention.form is not Form.DAY and not last and any(m.form is Form.DAY for m in inside[place + 1 :])
            role, spent = _role(words, segment, sentence, mention, cues, [] if vague else behind, last=last, alone=alone)
            moved = any(cue.cue in (Cue.MOVED, Cue.RENEWED) for cue in cues) or is_correction(before)
            replaced = False
            if is_moved_from(before) and mention.first is not None:
                mention, moved = replace(mention, first=None), True
                role = _moved_role(cues, applies=sentence.applies)
            elif previous is not None and previous.moved and is_source(before):
                replaced = True
            else:
                replaced = is_replaced(before)
            if previous is not None and (linked or ((moved or replaced) and _is_bracketed(before))):
                role = previous.role
            elif listed and heading is not None and spent is None:
                role = heading
            if spent is not None:
                used = spent
            past = is_past(" ".join(words[c.start : c.end] for c in cues) + " " + before[-12:]) or (
                linked and previous is not None and previous.past
            )
            reading = Reading(
                mention,
                segment,
                sentence,
                before,
                after,
                role,
                linked=linked,
                past=past or sentence.other_round,
            )
            reading.moved, reading.replaced, reading.void = (
                moved,
                replaced,
                is_void(before, after) or (replaced and is_void("", after)),
            )
            reading.season_end = previous.season_end if previous is not None else None
            if mention.form is Form.SEASON and mention.year is not None and _SEASON_FOR.search(before):
                reading.season_end = _season_end(words[mention.start : mention.end], mention.year)
            reading.hint = heading_year if listed else _year_hint(before, cues, floor) or _year_of_list(before)
            if reading.hint is None and linked and previous is not None and previous.mention.year is None:
                reading.hint = previous.hint
            readings.append(reading)
    return readings


def _is_bracketed(before: str) -> bool:
    """Tell whether a day stands in an aside about the one before it: "1 februari (förlängd till", "15 april, i stället för"."""
    return len(before.split()) <= 6 and re.search(r"[.!?]\s", before) is None


def _season_end(words: str, year: int) -> date:
    """The last day of a season: applications for it close before."""
    spring = re.search(r"vår|spring|forår", words, re.IGNORECASE)
    return date(year, 6, 30) if spring and year < 2100 else date(year, 12, 31)


def _heading(words: str, segment: Segment) -> tuple[Role | None, int | None]:
    """What a line without a date promises for the lines below it."""
    text = words[segment.start : segment.end]
    if len(text) > 90 or (text.endswith((".", "!")) and not text.endswith("...")):
        return None, None
    cues = [
        cue for cue in find_cues(words, segment.start, segment.end) if cue.cue not in (Cue.UNTIL, Cue.WORK, Cue.MOVED, Cue.VIEWS)
    ]
    # A title is no heading of the date line below it, unless it is what a label is.
    label = cues and (cues[-1].cue is Cue.APPLY or (cues[-1].cue in CLOSES and len(text.split()) == 1))
    if not cues or len(text.split()) > 6 or (segment.start == 0 and not label):
        return None, None
    year = _HINT.search(text)
    role = _from_cues(cues, applies=True)
    return role, int(year["y"]) if year and not year["for"] else None


def _year_hint(before: str, cues: list[Hit], floor: int) -> int | None:
    """The year that stands between the word and its day: "sista dag att skicka in ansökan 2021 var den 18 maj"."""
    hint = _HINT.search(before)
    if hint is None or hint["for"] or not cues or floor + hint.start("y") < cues[0].start:
        return None
    return int(hint["y"])


def _year_of_list(before: str) -> int | None:
    """The year in which all days of a list lie: "tre frister i 2027: 2. mars og", "Under 2027 är sista ansökningsdag den"."""
    hit = _YEAR_OF_LIST.search(before)
    return int(hit["a"] or hit["b"]) if hit is not None else None


def _role(
    words: str,
    segment: Segment,
    sentence: Sentence,
    mention: Mention,
    cues: list[Hit],
    behind: list[Hit],
    *,
    last: bool,
    alone: bool,
) -> tuple[Role, int | None]:
    """The role of a date, and the end of a cue behind it that it used up."""
    applies = sentence.applies
    ahead = next((cue for cue in behind if last or cue.cue in OTHERWISE or cue.cue is Cue.WORK), None)
    consults = any(c.cue in CONSULTS for c in (*cues, *behind)) and not any(c.cue is Cue.APPLY for c in cues)
    if mention.first is None and is_open_from(words[max(segment.start, mention.start - _OPEN_WORDS) : mention.start]):
        return Role.OPENING, None
    if cues:
        nearest = cues[-1].cue
        if mention.first is not None and consults and nearest is not Cue.ELSE:
            return Role.ANSWER, None
        if nearest is Cue.UNTIL and not any(c.cue in _CLOSING for c in cues):
            if (
                ahead is not None
                and (ahead.cue in OTHERWISE or ahead.cue is Cue.WORK)
                and not any(c.cue is Cue.APPLY for c in behind)
            ):
                return (Role.ANSWER if ahead.cue in CONSULTS else Role.OTHER), None
            bare = not behind and len((words[segment.start : mention.start] + words[mention.end : segment.end]).split()) <= 5
            return _from_cues(cues, applies=applies or bare) or Role.OTHER, None
        if nearest in CLOSES and ahead is not None and ahead.cue in OTHERWISE and _stands_near(words, mention.end, ahead):
            return (Role.ANSWER if ahead.cue in CONSULTS else Role.OTHER), None
        if (
            nearest is Cue.MOVED
            and not is_extension(words[cues[-1].start : cues[-1].end])
            and _last(cues, {Cue.OPENS}) > _last(cues, _CLOSING)
        ):
            return Role.OPENING, None
        if nearest is Cue.OPENS and mention.first is not None and applies:
            return Role.DEADLINE, None  # "öppnar 1 april till 15 maj"
        return _from_cues(cues, applies=applies) or Role.OTHER, None
    if behind and stands_next(words, mention.end, behind[0]) and behind[0].cue is not Cue.UNTIL:
        return _from_cues(behind[:1], applies=applies) or Role.OTHER, behind[0].end
    if ahead is not None and ahead.cue is not Cue.UNTIL:
        return _from_cues([c for c in behind if c.cue is not Cue.UNTIL][:1], applies=applies) or Role.OTHER, None
    if mention.first is not None and (applies or _OPEN.search(words, segment.start, segment.end)):
        return Role.DEADLINE, None
    return (Role.DEADLINE if alone else Role.OTHER), None


def _is_alone(words: str, mentions: list[Mention]) -> bool:
    """Whether the whole text is dates and nothing else."""
    if not mentions or len(words) > 200:
        return False
    for mention in reversed(mentions):
        words = words[: mention.start] + " " + words[mention.end :]
    return _BARE.fullmatch(words) is not None


def _stands_near(words: str, end: int, cue: Hit) -> bool:
    """Whether only a few words part the date from the cue behind it."""
    return len(words[end : cue.start].split()) <= 2 and not re.search(r"[.,;(]", words[end : cue.start])


def _from_cues(cues: list[Hit], *, applies: bool) -> Role | None:
    """The role that the words before a date (or in a heading) give it; None when they say nothing."""
    kinds = {hit.cue for hit in cues}
    nearest = cues[-1].cue
    if nearest is Cue.APPLY:
        return Role.DEADLINE
    if nearest in CONSULTS and Cue.ANSWER in kinds:
        return Role.ANSWER
    if nearest is Cue.MOVED:
        return _moved_role(cues, applies=applies)
    if nearest in CLOSES:
        late = _last(cues, OTHERWISE)
        return Role.DEADLINE if _last(cues, {Cue.APPLY}) >= late else _otherwise(cues[late])
    if nearest is Cue.UNTIL:
        late = _last(cues, OTHERWISE | {Cue.WORK})
        if late >= 0:
            # Work is outranked by whatever closes, a report or a meeting only by the application itself.
            stronger = {Cue.APPLY} if kinds & OTHERWISE else _CLOSING
            return Role.DEADLINE if _last(cues, stronger) > late else _otherwise(cues[late])
        if kinds & _CLOSING:
            return Role.DEADLINE
        for cue, role in ((Cue.PUBLISHED, Role.PUBLICATION), (Cue.DECISION, Role.DECISION), (Cue.OPENS, Role.OPENING)):
            if cue in kinds:
                return role
        return Role.DEADLINE if applies else None
    return {Cue.OPENS: Role.OPENING, Cue.DECISION: Role.DECISION, Cue.PUBLISHED: Role.PUBLICATION}.get(nearest, Role.OTHER)


def _moved_role(cues: list[Hit], *, applies: bool) -> Role:
    """The role of a day that something was moved to: that of the thing."""
    late = _last(cues, OTHERWISE | {Cue.WORK, Cue.DECISION})
    if late >= 0 and _last(cues, _CLOSING) < late:
        return _otherwise(cues[late])
    return Role.DEADLINE if applies or {hit.cue for hit in cues} & _CLOSING else Role.OTHER


def _otherwise(cue: Hit) -> Role:
    return Role.ANSWER if cue.cue in CONSULTS else Role.OTHER


def _last(cues: list[Hit], kinds: AbstractSet[Cue]) -> int:
    """The place of the last cue of these kinds; -1 when there is none."""
    return max((place for place, hit in enumerate(cues) if hit.cue in kinds), default=-1)
