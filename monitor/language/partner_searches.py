"""Searches for partners: somebody prepares an application of their own and seeks, lacks or would like somebody to join.

A call speaks of partners, too: it tells those who apply that they need some. What it does not tell is who prepares the
application, so both must be said.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

from monitor.language.applicant_phrases import TaggedWord, find_heads, read_tokens
from monitor.language.applicant_roles import WITH_MUNICIPALITIES
from monitor.language.countries import name_pattern
from monitor.language.datafile import Patterns
from monitor.language.dates import DateRole, FoundDate
from monitor.language.segments import split_segments

_MAX_CHARS = 20_000
# Of those who read it, not of the one who seeks: "projects that lack partners", "if you are preparing a proposal".
_GENERAL = re.compile(
    r"(?:\b(?:ni|du|you|dere|applicants?|sökande|ansøgere|søkere|projects|consortia|konsortier|each|every|varje|hvert?|vart|proposals)"
    r"(?:\s+(?:are|is|har|gärna|also|även|own|still|not|inte|ikke|redan|already|just|nu|now|might|konsortium|consortium|projekt|prosjekt)){0,2}"
    r"|\b(?:ni|du|you|dere|de|den|dem|those|all[ae]?|anyone|everyone|kommuner(?:ne)?|kommunene|projekt|projects|skol[ae]r|schools"
    r"|municipalities|organi[sz]ations|organisationer|organisasjoner|cities|towns|companies|företag|aktörer|konsortier|consortia|applicants|foreninger|föreningar),?"
    r"\s+(?:som|der|who|that|which)(?:\s+(?:are|har|gärna|also|även|still|not|inte|ikke|redan|already|just|nu|now)){0,2}"
    r"|(?:^|[.!?,:\n])[ ]*(?:om|if|hvis|når|när|when)(?:[ ]\w+){0,3}"
    r"|\b(?:kan|must|should|ska|måste|skal|må|may|can|could|bör|bør))\s+$",
    re.IGNORECASE,
)
_PATTERNS = Patterns(
    "partner_searches.toml",
    {
        "words": r"(?:[^\s.!?;:]+\s+){0,7}?",
        "together": r"(?:tillsammans|sammen|together|ihop)\s+(?:med|with)\s+(?:[^\s.!?;:]+\s+){1,4}?",
        "asked": r"(?:ni|du|you|dere|jeres|din|er\s+kommun|inte|ej|ikke|inga|ingen|not|no)\b",
        "few": r"(?:[^\s.!?;:]+\s+){0,3}?",
        "seeks_partner": r"{seeks}(?!\s+{asked})\s+{words}[^\s.!?;:]*{partner}",
        "seeks_organisation": r"{seeks}(?!\s+{asked})\s+{words}{organisation}",
        "seeks_municipality": r"{seeks}(?!\s+{asked})[^\S\n]+(?:[^\s.!?;:]+[^\S\n]+){0,12}?{municipality}",
        "municipality_of_interest": r"{municipality}[^.!?\n]{0,60}?\s{of_interest}",
        "municipality_not_sought": r"{municipality}[^.!?\n]{0,80}?\s{not_sought}",
        "country": name_pattern,
        "partner_sought": r"{partner},?\s+{words}{is_sought}",
        "organisation_sought": r"{organisation},?\s+{words}{is_sought}",
    },
)
_YEAR = re.compile(r"\b20[0-9]{2}\b")
_SOUGHT = ("seeks_partner", "seeks_organisation", "partner_sought", "organisation_sought")
_STOP = re.compile(r"[.!?\n]")
_SENTENCE_CHARS = 600
_OTHER_COUNTRIES = re.compile(
    r"\b(?:andra|andre|other)\s+(?:\S+\s+)?(?:EU-?)?(?:länder|lande|land|countries|member\s+states)\b", re.IGNORECASE
)
_OURS = re.compile(r"\b(?:swed\w+|sverige\w*|svensk\w*|nord[ie]\w+|scandinavi\w+|skandinav\w+)\b", re.IGNORECASE)
_OTHERS_WELCOME = re.compile(
    r"\b(?:other|andra|andre|øvrige)\s+(?:\w+\s+)?(?:partner\w*|organi\w+|aktör\w*|aktører|types|actors)\b[^.!?\n]{0,60}?"
    r"\b(?:welcome|välkomn?a|velkomne?|also|också|også|interest\w*|intress\w*)\b",
    re.IGNORECASE,
)
_WISHED = frozenset(("preferably", "ideally", "gärna", "helst", "gerne", "gjerne"))
_PREPARING = re.compile(
    r"\b(?:coordinat\w+|lead\w*|led|prepar\w+|plans?|submits?|leder|leds|koordiner\w+|samordnar|förbered\w+|planerar|forbered\w+|planlæg\w+|"
    r"planlegg\w+|konsorti\w+|consorti\w+)\b",
    re.IGNORECASE,
)
_NEAR = 600
"""Characters between the words of who prepares and those of who is sought: in a long text of a call both may stand by chance."""


def seeks_partners(title: str, text: str) -> bool:
    """Tell whether somebody who prepares an application seeks partners for it."""
    whole = f"{title}\n{text}"[:_MAX_CHARS]
    if not _PATTERNS["bid"].search(whole) and not _PATTERNS["funding_programme"].search(whole):
        return False
    sought = [place for name in _SOUGHT for place in _places(name, whole)]
    prepared = _places("prepares", whole) if sought else []
    return any(abs(one - other) <= _NEAR for one in prepared for other in sought)


def sought_municipality(text: str) -> tuple[int, int] | None:
    """Return where a text says that a municipality is sought, as one of others; None where it does not."""
    bounded = text[:_MAX_CHARS]
    hits = chain(_PATTERNS["seeks_municipality"].finditer(bounded), _PATTERNS["municipality_of_interest"].finditer(bounded))
    return next(
        (hit.span() for hit in hits if not _speaks_to_reader(bounded, hit.start()) and not _is_of_others(bounded, hit)), None
    )


def unsought_municipality(text: str) -> tuple[int, int] | None:
    """Return where a text says that municipalities are not sought; None where it does not."""
    found = _PATTERNS["municipality_not_sought"].search(text[:_MAX_CHARS])
    return None if found is None else found.span()


def sought_others(text: str, language: str) -> tuple[int, int] | None:
    """Return where a text names all who are sought when a municipality can be none of them; None where that is not sure."""
    bounded = text[:_MAX_CHARS]
    if _OTHERS_WELCOME.search(bounded) or _names_municipality(bounded):
        return None
    place = None
    for hit in _PATTERNS["needs"].finditer(bounded):
        stop = _STOP.search(bounded, hit.end())
        end = stop.start() if stop else len(bounded)
        tokens = read_tokens(bounded, hit.end(), end, language)
        heads = find_heads(tokens, 0, len(tokens))
        if any(head.partial or head.group in WITH_MUNICIPALITIES for head in heads) or not _are_all_known(tokens):
            return None
        if heads and place is None:
            place = hit.start(), end
    return place


def _are_all_known(tokens: Sequence[TaggedWord]) -> bool:
    """Tell whether each member of a list is a known group: "an adult education centre, a library or an NGO" is not."""
    if not tokens or tokens[0].tag in "ivtfr":
        return False
    member: list[TaggedWord] = []
    for token in (*tokens, None):
        if token is not None and token.tag not in ",&:;":
            member.append(token)
            continue
        words = [one for one in member if one.word[0].isalpha()]
        member = []
        of_place = bool(words) and (words[0].word in _WISHED or words[0].tag in "ivtf" or words[0].capital)
        if words and not of_place and all(one.noun is None for one in words):
            return False
    return True


def _names_municipality(text: str) -> bool:
    """Tell whether a municipality is named otherwise than as the one who prepares the application."""
    for hit in _PATTERNS["municipality"].finditer(text):
        stop = _STOP.search(text, hit.end())
        begin = max(text.rfind(sign, 0, hit.start()) for sign in ".!?\n") + 1
        if not _PREPARING.search(text, begin, stop.start() if stop else len(text)):
            return True
    return False


def _is_of_others(text: str, hit: re.Match[str]) -> bool:
    """Tell whether the sentence of a match or the one before names other countries alone: "partner från Litauen"."""
    stop = _STOP.search(text, hit.end())
    before = [found.end() for found in _STOP.finditer(text, max(0, hit.start() - _SENTENCE_CHARS), hit.start())]
    sentence = text[before[-2] if len(before) > 1 else 0 : stop.start() if stop else len(text)]
    if _OTHER_COUNTRIES.search(sentence):
        return True
    ahead = text[before[-2] if len(before) > 1 else 0 : before[-1]] if before else ""
    behind = text[hit.start() : stop.start() if stop else len(text)]
    if _PATTERNS["country"].search(f"{ahead}\n{behind}") is None and _OURS.search(text) is not None:
        return False  # the country is where the one who seeks is
    return _PATTERNS["country"].search(sentence) is not None and _OURS.search(sentence) is None


def asks_to_reply(title: str, text: str) -> bool:
    """Tell whether somebody is sought and asked to write or call: the title says so, or the text does and names the call's day.

    It may be a call as well: "Vi söker tre kommuner som vill vara testbädd. Kontakta oss".
    """
    bounded = text[:_MAX_CHARS]
    if _PATTERNS["replies"].search(bounded) is None:
        return False
    titled = any(_places(name, title) for name in _SOUGHT)
    return titled or (_PATTERNS["of_other"].search(bounded) is not None and any(_places(name, bounded) for name in _SOUGHT))


def _places(name: str, text: str) -> list[int]:
    """Return the offsets at which a pattern is found of somebody, not of those who read it."""
    return [hit.start() for hit in _PATTERNS[name].finditer(text) if not _speaks_to_reader(text, hit.start())]


def _speaks_to_reader(text: str, place: int) -> bool:
    """Tell whether the words before a place make what follows one of those who read it, or of anybody."""
    return _GENERAL.search(text, max(0, place - 40), place) is not None


def reply_days(text: str, found: Sequence[FoundDate], reference: date | None) -> list[FoundDate]:
    """Return the dates, of those found in a text, by which one is asked to write to or call who seeks.

    The words that ask stand before the date, or behind it where nothing before it speaks of the call. What one part of a sentence
    says of its own date does not hold for the next: "Utlysningen stänger den 8 april men hör av er senast den 22 december."
    One replies before the call closes: a year that is not written is counted from the reference, not from the call's last day
    that stands before it.
    """
    segments = split_segments(text)
    starts = [segment.start for segment in segments]
    days = []
    for index, item in enumerate(found):
        place = bisect_right(starts, item.start) - 1
        if item.date is None or item.past or item.role in (DateRole.PUBLICATION, DateRole.OPENING) or place < 0:
            continue
        segment = segments[place]
        start = max(segment.start, found[index - 1].end if index else 0)
        end = min(segment.end, found[index + 1].start if index + 1 < len(found) else len(text))
        if _asks(text[start : item.start], text[item.end : end]):
            days.append(item)
    closing = max((item.date for item in found if item.date is not None and item not in days), default=None)
    return [_brought_forward(item, closing, reference) for item in days]


def _brought_forward(item: FoundDate, closing: date | None, reference: date | None) -> FoundDate:
    """Return a date whose year is not written a year earlier, where it lies behind the call's last day and is ahead then."""
    if item.date is None or closing is None or reference is None or item.date <= closing or _YEAR.search(item.text):
        return item
    earlier = item.date - timedelta(days=365)
    earlier = earlier.replace(day=item.date.day) if earlier.month == item.date.month else earlier
    return replace(item, date=earlier) if earlier >= reference else item


def _asks(before: str, behind: str) -> bool:
    """Tell whether the words around a date ask to reply by it, or say that it is a last day and not one of the call."""
    asked, called = _last(before, "replies"), _last(before, "of_call")
    if asked >= 0:
        return called <= asked or _PATTERNS["interest"].search(before) is not None
    if called >= 0 or _PATTERNS["bounds"].search(before) is None:
        return False
    return _last(behind, "replies") >= 0 or _last(behind, "of_call") < 0


def _last(text: str, name: str) -> int:
    """Return the offset of the last place at which a pattern is found; -1 for none."""
    return max((hit.start() for hit in _PATTERNS[name].finditer(text)), default=-1)
