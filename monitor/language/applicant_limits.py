"""Clauses that name municipalities as applicants and limit them: to a part beside the applicant, another country, later years.

Each is looked for beside the statements of `monitor.language.applicants`, which read who is named and not under which condition.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from monitor.language.applicant_countries import for_others_alone, joins_another
from monitor.language.applicant_roles import WITH_MUNICIPALITIES, Applicant, Role
from monitor.language.applicant_words import Group
from monitor.language.countries import name_pattern
from monitor.language.datafile import Patterns

_WHO = (
    r"(?:municipalit(?:y|ies)|local\s+(?:and\s+regional\s+)?(?:public\s+)?authorit(?:y|ies)|local\s+governments?|cities|towns|"
    r"public\s+(?:bodies|authorities|organisations)|kommun(?:er|erna|en)?|städer(?:na)?|offentliga\s+(?:aktörer|organisationer))"
)
_PART = (
    r"(?:(?P<outside>sub-?contractors?|underleverantör(?:er)?)|"
    r"(?:associated\s+|affiliated\s+|project\s+)?partners?|affiliated\s+entit(?:y|ies)|part(?:er|ner)?)"
)
_ONLY = r"(?:only|solely|exclusively|bara|endast|enbart|kun|bare)"
_VERB = re.compile(r"\b(?:may|can|must|are|is|will|shall|kan|får|ska|är)\b", re.IGNORECASE)
_ANOTHER = re.compile(r"\b(?:but|while|whereas|men|medan)\b", re.IGNORECASE)
_BESIDE = re.compile(
    rf"\b{_WHO}\b(?P<between>[^.;:,]{{0,90}}?)\b(?:{_ONLY}\s+(?:[\w-]+\s+){{0,3}}?(?:as|som)\s+(?:an?\s+)?{_PART}\b|"
    rf"(?:as|som)\s+(?:an?\s+)?{_PART.replace('outside', 'outside_too')}\s+{_ONLY}\b)",
    re.IGNORECASE,
)
_PATTERNS = Patterns(
    "applicant_limits.toml",
    {"who": _WHO, "elsewhere": lambda: rf"\b{_WHO}\s+(?:in|from|of|i|från)\s+{name_pattern()}", "country": name_pattern},
)
# "Only entities established in these two Member States": those that were named before.
_THESE = re.compile(
    rf"\b{_ONLY}\b[^.;\n]{{0,80}}\b(?:in|from|i|från|fra)\s+"
    r"(?:these|those|the\s+(?:two|three|four)|dessa|de\s+(?:två|tre|fyra)|disse)\s+"
    r"(?:(?:two|three|four|två|tre|fyra|to|fire)\s+)?(?:EU\s+)?(?:member\s+states|countries|länder(?:na)?|medlemsländer(?:na)?|lande(?:ne)?|land)\b",
    re.IGNORECASE,
)
_NAMED_BEFORE = 400
"""Characters before such a clause in which the countries are named."""
_OURS_BEFORE = re.compile(r"\b(?:Swed(?:en|ish)|Sverige|[Ss]vensk\w*|Norden|Nordic|[Nn]ordisk\w*|Baltic|Östersjö\w*)\b")
_STOP = re.compile(r"[.\n;]")
_HERE = re.compile(
    r"\b(?:Swed(?:en|ish)|Sverige|[Ss]vensk\w*|EU|Union(?:en)?|Member\s+States?|Europe\w*|Norden|[Nn]ordi\w+|other\s+countries)\b"
)
_LATER = re.compile(
    rf"\b{_WHO}\b[^.;:,]{{0,40}}\b(?:söka|apply|be\s+eligible|eligible)\s+(?:först|tidigast|only\s+from|not\s+(?:before|until)|first)\s+"
    r"(?:från\s+|in\s+|i\s+)?(?:år\s+)?20\d\d\b",
    re.IGNORECASE,
)
_REFUSED = (
    r"\b(?:cannot|can't|can\s?not|may\s+not|(?:is|are)\s+not|"
    r"kan\s+(?:\w+\s+)?(?:inte|ikke)|får\s+(?:inte|ikke)|är\s+(?:\w+\s+)?inte|er\s+ikke|må\s+ikke)\b"
)
_APPLYING = r"\b(?:apply\w*|applicants?|eligible|s[öø]k(?:a|e|ande|er)|ansöka|ansøge|søge|ansøger)\b"
# A municipality by itself is refused, beside bodies that municipalities form.
_SINGLE = re.compile(
    r"\b(?:enskilda?\s+kommun(?:er)?|(?:single|individual)\s+municipalit(?:y|ies)|enkelt(?:e|stående)?\s?kommune?r?|"
    r"(?:a\s+)?municipalit(?:y|ies)\s+(?:acting\s+)?(?:on\s+(?:its|their)\s+own|alone|by\s+(?:itself|themselves)))\b"
    rf"[^.;]{{0,40}}?{_REFUSED}[^.;]{{0,40}}?{_APPLYING}[^.;]*",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"\b(?:kommun(?:al)?förbund\w*|kommunala\s+samverkansorgan|associations?\s+of\s+(?:[\w-]+\s+){0,3}municipalities|"
    r"inter-?municipal\s+\w+|interkommunale\s+\w+|fælleskommunale\s+\w+)",
    re.IGNORECASE,
)
_ITSELF = re.compile(
    r"\b(?:kommun(?:er|erna|en)?|kommune(?:r|rne|ne)?|municipalit(?:y|ies)|cit(?:y|ies)|local\s+authorit\w+)\b", re.IGNORECASE
)
# The smaller ones are refused and may be partners: "Smaller towns cannot apply but may join as partners".
_SMALLER = re.compile(
    r"\b(?:smaller|small|mindre|små|other|andra|övriga|andre|øvrige)\s+(?:municipalities|cities|towns|kommuner|städer|byer)\s"
    rf"[^.;]{{0,20}}?{_REFUSED}[^.;]{{0,40}}?{_APPLYING}[^.;]{{0,60}}?\b(?:{_PART}|delivery\s+partners|medsökande|medansøger\w*)\b",
    re.IGNORECASE,
)
_LARGE = re.compile(
    rf"\b{_WHO}\s+(?:with|of|med)\s+(?:at\s+least|more\s+than|over|minst|mer\s+än|mindst|flere\s+end)\s+"
    r"[0-9][0-9., ]*\s(?:inhabitants|residents|invånare|"
    r"indbyggere|innbyggere)\b",
    re.IGNORECASE,
)
_INHABITANTS = re.compile(
    rf"\b(?:{_WHO}|kommune(?:r|rne|ne)?)\s+(?:with|of|having|med|på)\s+"
    r"(?:at\s+least|more\s+than|over|above|minst|mer\s+än|fler\s+än|över|mindst|flere\s+end|mere\s+end|mer\s+enn|flere\s+enn)\s+"
    r"(?P<number>[0-9][0-9., ]*)\s(?:inhabitants|residents|invånare|indbyggere|innbyggere)\b",
    re.IGNORECASE,
)
_MANY = 100_000
"""Inhabitants from which a limit leaves the largest towns of a country alone."""
_OTHER_SIZES = re.compile(r"\b(?:smaller|other|mindre|andra|övriga|andre|øvrige)\b", re.IGNORECASE)
_CLASS_CHARS = 500
"""Characters behind a limit in which such a competition is told of."""
_ABROAD = re.compile(
    rf"\b{_WHO}\b[^.;:\n]{{0,60}}?\b(?:from|in|från|i)\s+(?:the\s+|an?\s+)?(?:EU\s+)?"
    r"(?:(?:candidate|accession|enlargement|neighbou?rhood|third|developing)\s+countr(?:y|ies)|kandidatl(?:and|änder)|"
    r"tredje\s?l(?:and|änder)|utvecklingsländer)\b",
    re.IGNORECASE,
)
_OF_THE_UNION = re.compile(r"\b(?:Swed\w+|Sverige|[Ss]vensk\w*|Member\s+States?|EU-länder|medlemsstat\w*|medlemsländer)\b")
_ONCE = (
    r"\b(?:tidigare|förut|förr|förra\s+året|i\s+fjol|previously|formerly|earlier|in\s+the\s+past|last\s+year|tidligere|førhen|"
    r"i\s+fjor|sidste\s+år)\b"
)
_COULD = (
    rf"(?:kunde|kunne|could|fick|fik|fikk|were\s+(?:able|allowed)\s+to)\b(?!\s+(?:{_ONCE}\s+)?(?:\w+\s+)?(?:inte|ikke|not)\b)"
)
_MUNICIPALITIES = rf"(?:{_WHO}|kommune(?:r|rne|ne)?)\b"
_PAST = re.compile(
    rf"(?:^|(?<=[.!?\n] )|(?<=\n))(?:{_ONCE},?[^.;:\n]{{0,30}}?\b(?:{_COULD}[^.;:\n]{{0,30}}?\b{_MUNICIPALITIES}|"
    rf"{_MUNICIPALITIES}[^.;:\n]{{0,30}}?\b{_COULD})|{_MUNICIPALITIES}[^.;:,\n]{{0,30}}?\b{_COULD}\s+{_ONCE})[^.;:\n]*",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:nu|now|nå|no|även|också|also|too|igen|again|fortfarande|still|fortsatt)\b", re.IGNORECASE)
_MUNICIPAL = frozenset((Group.MUNICIPALITY, Group.PUBLIC))
_MAX_QUOTE_CHARS = 200
_SENTENCE_CHARS = 200
"""Characters behind a limit in which its sentence may tell of smaller towns."""


def limited(statements: Sequence[Applicant], text: str) -> tuple[Applicant, ...]:
    """Return the statements of a text with the limits on municipalities that it states.

    A part beside the applicant takes the place of the right to apply; a clause about another country or later years says nothing.
    """
    kept = list(statements)
    for start, end, role in _limits(text):
        covered = [one for one in kept if one.group in _MUNICIPAL and one.start <= start < one.start + len(one.words)]
        kept = [one for one in kept if one not in covered]
        if role is not None:
            begin = covered[0].start if covered else start
            words = covered[0].words if covered else text[start : min(end, start + _MAX_QUOTE_CHARS)]
            kept.append(Applicant(Group.MUNICIPALITY, role, words, begin))
    kept = _beside_others(_of_named_countries(kept, text), text)
    return tuple(sorted(_without_single(_without_large(kept, text), text), key=lambda one: one.start))


def _beside_others(statements: Sequence[Applicant], text: str) -> list[Applicant]:
    """Return the statements of a call for other countries as a refusal, or as a partner's part where ours may join them."""
    for place, role in ((for_others_alone(text), Role.NOT), (joins_another(text), Role.PARTNER)):
        if place is not None:
            begin, end = place[0] + len(text[place[0] : place[1]]) - len(text[place[0] : place[1]].lstrip()), place[1]
            others = [one for one in statements if one.group not in WITH_MUNICIPALITIES or one.role is Role.NOT]
            words = text[begin : min(end, begin + _MAX_QUOTE_CHARS)]
            return [*others, Applicant(Group.MUNICIPALITY, role, words, begin, abroad=role is Role.NOT)]
    return list(statements)


def _of_named_countries(statements: Sequence[Applicant], text: str) -> list[Applicant]:
    """Return the statements, with those on "these two countries" alone as refusals where others were named before."""
    places = [
        found.start()
        for found in _THESE.finditer(text)
        if _PATTERNS["country"].search(text, max(0, found.start() - _NAMED_BEFORE), found.start())
        and not _OURS_BEFORE.search(text, max(0, found.start() - _NAMED_BEFORE), found.start())
    ]
    return [
        replace(one, role=Role.NOT, only=False, abroad=True)
        if one.role in (Role.MAY, Role.MUST) and one.only and _any_within(places, one.start, one.start + len(one.words))
        else one
        for one in statements
    ]


def _without_large(statements: Sequence[Applicant], text: str) -> Sequence[Applicant]:
    """Return the statements, of which those on large towns alone tell nothing of a municipality, and refuse none."""
    places = [
        found.start()
        for found in _INHABITANTS.finditer(text)
        if int("".join(filter(str.isdigit, found["number"]))) >= _MANY
        and not _OTHER_SIZES.search(text[found.end() : found.end() + _SENTENCE_CHARS].split(".", 1)[0])
        and not _PATTERNS["own_class"].search(text, found.end(), found.end() + _CLASS_CHARS)
    ]
    return [
        replace(one, group=Group.ANY, partial=True, only=False)
        if one.group in _MUNICIPAL and one.role is Role.MAY and _any_within(places, one.start, one.start + len(one.words))
        else one
        for one in statements
    ]


def _any_within(places: Sequence[int], start: int, stop: int) -> bool:
    """Tell whether any of the places, which are in order, is in a stretch."""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < stop


def _without_single(statements: Sequence[Applicant], text: str) -> Sequence[Applicant]:
    """Return the statements without those on bodies of several municipalities where a municipality by itself is refused."""
    found = _SINGLE.search(text)
    if found is None:
        return statements
    joint = [
        one
        for one in statements
        if one.group is Group.MUNICIPALITY
        and one.role is Role.MAY
        and not one.start <= found.start() < one.start + len(one.words)
    ]
    if any(_JOINT.search(one.words) is None or _ITSELF.search(_JOINT.sub("", one.words)) for one in joint):
        return statements
    others = [one for one in statements if one not in joint]
    refused = any(one.group is Group.MUNICIPALITY and one.role is Role.NOT for one in others)
    return others if refused else [*others, Applicant(Group.MUNICIPALITY, Role.NOT, found[0][:_MAX_QUOTE_CHARS], found.start())]


def _sentence(text: str, found: re.Match[str]) -> tuple[int, int]:
    """Return where the sentence of a match begins and ends."""
    stop = _STOP.search(text, found.end())
    return max(text.rfind(sign, 0, found.start()) for sign in ".\n;") + 1, stop.start() if stop else len(text)


def _limits(text: str) -> Iterator[tuple[int, int, Role | None]]:
    """Yield the place of each limit and the part that is left; None for one that says nothing of this call's municipality."""
    for found in _BESIDE.finditer(text):
        between = found["between"]
        if len(_VERB.findall(between)) <= 1 and not _ANOTHER.search(between):
            yield *found.span(), Role.NOT if found["outside"] or found["outside_too"] else Role.PARTNER
    for found in _PATTERNS["elsewhere"].finditer(text):
        if not _HERE.search(text, *_sentence(text, found)):
            yield *found.span(), None
    yield from _others_meant(text)
    for found in _ABROAD.finditer(text):
        begin, stop = _sentence(text, found)
        if not _OF_THE_UNION.search(text, begin, stop):
            yield *found.span(), None
    for found in _PAST.finditer(text):
        if not _NOW.search(found[0]):
            yield *found.span(), None
    for found in _SMALLER.finditer(text):
        yield *found.span(), Role.PARTNER
        if (large := _LARGE.search(text)) is not None:
            yield *large.span(), None


def _others_meant(text: str) -> Iterator[tuple[int, int, Role | None]]:
    """Yield the limits to later years and countries, and refusals in passing: "föreningar som inte är kommunala kan söka"."""
    for found in chain(_LATER.finditer(text), _PATTERNS["in_some_countries"].finditer(text)):
        yield *found.span(), None
    for found in _PATTERNS["other_than_public"].finditer(text):
        begin, stop = _sentence(text, found)
        if _PATTERNS["asked"].search(text, begin, stop) and not _ITSELF.search(text, begin, stop):
            yield *found.span(), Role.NOT
