"""Owner of a rate of co-financing: the funder, the applicant, or nobody.

*Medfinansiering* is what the applicant pays, *programmets medfinansieringsgrad* what the programme pays: the words beside the
name tell whose it is. Where they name somebody else, or leave it open, it is nobody's; a share of the co-financing itself ("minst
30 procent av medfinansieringen ska vara offentlig") is no share of the costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from monitor.language.datafile import Patterns
from monitor.language.money_words import PATTERNS as MONEY_PATTERNS


class Payer(StrEnum):
    """Payer of a share; NOBODY is for a percentage of something else than the costs, and where the payer is not told."""

    FUNDER = "funder"
    OWN = "own"
    NOBODY = ""


@dataclass(frozen=True, slots=True)
class NamedShare:
    """Name of a share of co-financing with its owner, where one is named, and their offsets."""

    start: int
    end: int
    payer: Payer


_ARTICLES = r"(?:(?:the|den|det|de|hela|total\w*|both|båda)\s+){0,2}"
_NO_PERCENT = r"(?:(?!pro[cs]ent|per\s?cent|pct)[^%;])*"
_GENITIVE = r"(?:\)?(?::?s|['’]s?))"
_PATTERNS = Patterns(
    "cofinancing.toml",
    {
        "name": r"(?<!\w)(?:(?!co-)(?P<prefix>[\w+:]{2,20})-)?(?P<bare>{shared_name})(?!\w)",
        "is_rate": r"(?:{rate_name})",
        "is_usual": r"(?:{usual_name})",
        "is_shared": r"(?:med|del|sam|co)",
        "is_giver": r"(?:{giver})",
        "is_demanded": r"\b(?:{demanded})\b",
        # The owner before the name, an adjective of either between: "programmets högsta medfinansiering".
        "owner": (
            r"(?<![\w+])(?:(?P<giver>vår|vårt|vores|our|(?:{giver}|{grant}){genitive})|(?P<programme>{programme}|eu|union)\)?|"
            r"(?P<noun>{giver}|{grant})|(?:(?P<not_for>till|til|to|åt)\s+)?(?P<taker>(?:{taker}|(?P<project>{project}))(?:{genitive})?)|"
            r"(?<!eller )(?<!och )(?<!og )(?<!or )(?<!and )(?:(?P<third>{third})|{level})|"
            r"(?P<other>[\w+&-]+(?:(?<=s)|{genitive}|\))))"
            r"\s+(?:(?:högsta|maximala|maksimale|maximum|max|total\w*|årliga|own|egen|egna|planned|planerade)\s+){0,2}$"
        ),
        "own_place": (
            r"\s+(?:i|inom|in|within|under|hos)\s+(?:[^\s.,;%]+\s+){1,4}?(?:är|er|is|are|ska|skal|skall|får|kan|must|utgör)\b"
            r"(?:\s+(?:vara|være|be|utgöra))?"
        ),
        "genitive": _GENITIVE,
        "no_genitive": r"(?:{no_owner})",
        # The owner behind the name: "medfinansiering från programmet", "medfinansiering (EU)".
        "origin": (
            r"\s*(?:(?P<bracket>\()|(?::\s*)?(?:från|av|fra|af|from|by|genom|via|through|gennem|gjennom|ur)\s)\s*"
            + _ARTICLES
            + r"(?:(?P<third>{third}|{level})|(?P<giver>{giver})|(?P<taker>{taker}|{project}))(?:{genitive})?(?![\w-])"
        ),
        "origin_name": r"\s*(?:\(|(?::\s*)?(?:från|av|fra|af|from|by|genom|via|through|gennem|gjennom|ur)\s)\s*",
        # The place of a rate: "medfinansieringsgraden i programmet", "i programmet är medfinansieringsgraden".
        "place": r"\s*(?:i|inom|in|under|within|för|for|hos|på)\s+"
        + _ARTICLES
        + r"(?:(?P<giver>{giver})|(?P<taker>{taker}|{project}))(?![\w-])",
        "place_name": r"\s*(?:i|inom|in|under|within|hos)\s+" + _ARTICLES + r"(?!sverige|sweden|norden)",
        "placed": r"(?<!\w)(?:i|inom|in|under|within|för|for|hos)\s+" + _ARTICLES + r"(?!sverige|sweden|norden)",
        "heading": r"(?<![\w+])(?:{giver})\)?\s*[:-]\s*(?:\w+\s+)?$",
        # "Programmet har en medfinansiering på 40 procent": the sentence tells of the programme.
        "subject": r"\W*" + _ARTICLES + r"(?:\w+\s)?(?:{giver}|{grant})(?:{genitive})?(?!\w)",
        "given_to": r"\s+(?:(?:kan|får|may|can)\s+)?(?:{given_away})\b(?!\s+(?:av|af|by|from|från|fra)\b)",
        "is_giving": r"\b(?:{giving})\s+(?:\w+\s+){0,2}$",
        "is_taker": r"(?<![\w+])(?:ni|du|you|dere|{taker})(?!\w)",
        # A share of the co-financing: "30 procent av medfinansieringen".
        "of_share": r"\s+(?:av|of|af)\s+(?:[\w'’:+-]+\s+){0,3}?(?:\w+-)?(?:{divided_name})(?!\w)",
        "share_of": r"(?:^|[,;(])\W*(?:(?:av|of|af)|^\W*(?:i|in))\s+"
        + _ARTICLES
        + r"(?:\w+-)?(?:{divided_name})\b"
        + _NO_PERCENT
        + r"$",
        "fraction_of": r"\b(?:{fraction})\s+(?:av|of|af)\s+" + _ARTICLES + r"(?:\w+-)?(?:{divided_name})\b" + _NO_PERCENT + r"$",
        "percents": r"(?<!\w)med\s+(?:[^\s%]+\s+){0,2}[0-9]+\s?(?:pro[cs]ents|%)\s+$",
        "made_up": (
            r"\b(?:{divided_name})\b[^.;%]{0,60}?\b(?:består?|utgöras|utgörs|consists?|made\s+up|utgjøres|udgøres)\b(?:\s+\w+){0,4}\s*$"
        ),
        "up_to_part": r"\b(?:{divided_name})\s+[^.;%]{0,60}?\b(?:till|til)\s+(?:\w+\s+){0,2}$",
        "is_made_up": r"\s+(?:bestå|utgöras|vara|komma|være|udgøres|utgjøres|komme)\b",
    },
)
# A name is told by its capital letter; the first word of a sentence has one, too.
_PROPER = re.compile(r"(?![\w+&]*-pro[js]+e[ck]t)[A-ZÅÄÖÆØ][\w+&-]*")
_PROPER_LAST = re.compile(r"(?:(?P<capitals>\b[A-ZÅÄÖÆØ][\w+&-]*?[A-ZÅÄÖÆØ0-9+&][\w+&-]*)|\b[A-ZÅÄÖÆØ][\w+&-]*)\)?\s+$")
# What every name of a share has in it: most sentences have none, and are not searched further.
_HINT = re.compile(r"finan[sc]|fund|eg(?:en|na|ne)|own", re.IGNORECASE)
_BEFORE = 90


def find_named_shares(words: str) -> Iterator[NamedShare]:
    """Yield the names of co-financing in a sentence, each with the one whose share it is."""
    if _HINT.search(words) is None:
        return
    for hit in _PATTERNS["name"].finditer(words):
        readers = (_owner_beside, _owner_of_verb, _owner_of_place)
        named = next((found for reader in readers if (found := reader(words, hit)) is not None), None)
        if named is not None:
            yield named
        elif (payer := _usual_owner(words, hit)) is not None:
            yield NamedShare(hit.start(), hit.end(), payer)


def is_part_of_share(words: str, start: int, end: int) -> bool:
    """Tell whether the percentage between two offsets of a sentence is a part of the co-financing, not of the costs."""
    if _PATTERNS["of_share"].match(words, end):
        return True
    before = words[max(0, start - 2 * _BEFORE) : start]
    if _HINT.search(before) is None:
        return False
    if any(_PATTERNS[name].search(before) for name in ("share_of", "fraction_of", "made_up")):
        return True
    return bool(_PATTERNS["is_made_up"].match(words, end) and _PATTERNS["up_to_part"].search(before))


def _owner_beside(words: str, name: re.Match[str]) -> NamedShare | None:
    """Return the share by its origin, else by the owner before its name; a funder's share of an applicant's part is nobody's."""
    before, behind = _owner_before(words, name), _owner_behind(words, name)
    if before is not None and behind is not None and behind.payer is Payer.OWN is not before.payer:
        return NamedShare(before.start, behind.end, Payer.NOBODY)
    return behind or before


def _owner_before(words: str, name: re.Match[str]) -> NamedShare | None:
    """Return the share by the owner directly before its name, or by the first part of a compound: "Interreg-medfinansiering"."""
    if name["prefix"]:
        if _PATTERNS["is_giver"].fullmatch(name["prefix"]):
            return NamedShare(name.start(), name.end(), Payer.FUNDER)
        return None
    begin = max(0, name.start() - _BEFORE)
    before = words[begin : name.start()]
    owner = _PATTERNS["owner"].search(before)
    if owner is None:
        proper = _is_usual(name) and _proper_before(words, name.start()) and not _is_demanded(words)
        return NamedShare(name.start(), name.end(), Payer.NOBODY) if proper else None
    start, end = begin + owner.start(), name.end()
    if owner["taker"]:
        if owner["taker"].lower() == "er" and name["bare"].endswith("en"):
            return None  # "I LIFE er medfinansieringen": the verb, not the Swedish "your"
        open_rate = owner["project"] and _is_rate(name) and not _is_demanded(words)
        payer = Payer.NOBODY if owner["not_for"] or open_rate or not _is_shared(name) else Payer.OWN
        behind = _PATTERNS["own_place"].match(words, end)
        return NamedShare(start, behind.end() if behind else end, payer)
    if owner["giver"]:
        return NamedShare(start, end, Payer.FUNDER)
    if not _is_shared(name) or (owner["other"] and not _is_genitive(owner["other"], name)):
        return None
    if _is_demanded(words) and not owner["third"]:
        return None  # "I år kräver fonden medfinansiering"
    return NamedShare(start, end, Payer.FUNDER if owner["programme"] else Payer.NOBODY)


def _is_genitive(word: str, name: re.Match[str]) -> bool:
    """Tell whether a word that ends with an s, or a bracket, owns the share; in English a genitive has its apostrophe."""
    if not _is_usual(name):
        return "'" in word or "’" in word
    return _PATTERNS["no_genitive"].fullmatch(word) is None


def _proper_before(words: str, end: int) -> bool:
    """Tell whether the word before an offset is a proper name: with a capital inside a sentence, or with capitals alone."""
    hit = _PROPER_LAST.search(words, 0, end)
    return hit is not None and (hit.start() > 0 or hit["capitals"] is not None)


def _owner_behind(words: str, name: re.Match[str]) -> NamedShare | None:
    """Return the share by the origin behind its name; a proper name that is not known is somebody else's."""
    origin = _PATTERNS["origin"].match(words, name.end())
    if origin is not None:
        payer = Payer.FUNDER if origin["giver"] else Payer.OWN if origin["taker"] else Payer.NOBODY
        return NamedShare(name.start(), origin.end(), payer)
    lead = _PATTERNS["origin_name"].match(words, name.end())
    if (
        lead is not None
        and not _PATTERNS["is_demanded"].match(words, lead.end())
        and (proper := _PROPER.match(words, lead.end())) is not None
    ):
        return NamedShare(name.start(), proper.end(), Payer.NOBODY)
    return None


def _owner_of_place(words: str, name: re.Match[str]) -> NamedShare | None:
    """Return the share by the programme in which it holds: a rate is the programme's, a share is not said to be anybody's."""
    place, rate = _place(words, name), _is_rate(name)
    if (
        place is None
        or (place is not Payer.FUNDER and not _is_shared(name))
        or (not rate and (place is Payer.OWN or _is_demanded(words)))
    ):
        return None
    return NamedShare(name.start(), name.end(), Payer.FUNDER if rate and place is Payer.FUNDER else Payer.NOBODY)


def _place(words: str, name: re.Match[str]) -> Payer | None:
    """Return who it is in whose programme or house a share holds; NOBODY for an unknown name, None for no place."""
    if behind := _PATTERNS["place"].match(words, name.end()):
        return Payer.FUNDER if behind["giver"] else Payer.OWN
    if (lead := _PATTERNS["place_name"].match(words, name.end())) and _PROPER.match(words, lead.end()):
        return Payer.NOBODY
    before = words[: name.start()]
    if MONEY_PATTERNS["percent"].search(before):
        return None
    if _PATTERNS["heading"].search(before) or _PATTERNS["subject"].match(before):
        return Payer.FUNDER
    leads = [lead.end() for lead in _PATTERNS["placed"].finditer(before)]
    if any(_PATTERNS["is_giver"].match(before, end) for end in leads):
        return Payer.FUNDER
    return Payer.NOBODY if any(_PROPER.match(before, end) for end in leads) else None


def _is_demanded(words: str) -> bool:
    """Tell whether a sentence demands something, by which co-financing is the applicant's."""
    return _PATTERNS["is_demanded"].search(words) is not None


def _is_rate(name: re.Match[str]) -> bool:
    return _PATTERNS["is_rate"].match(name["bare"]) is not None


def _is_shared(name: re.Match[str]) -> bool:
    """Tell whether a name may be that of either side; a plain funding rate is the funder's."""
    return _PATTERNS["is_shared"].match(name["bare"]) is not None


def _is_usual(name: re.Match[str]) -> bool:
    """Tell whether a name is the applicant's by itself."""
    return _PATTERNS["is_usual"].match(name["bare"]) is not None


def _owner_of_verb(words: str, name: re.Match[str]) -> NamedShare | None:
    """Return the share by a verb of giving: "medfinansiering ges", "vi erbjuder medfinansiering"."""
    before = words[: name.start()]
    if given := _PATTERNS["given_to"].match(words, name.end()):
        return NamedShare(name.start(), given.end(), Payer.FUNDER)
    if (giving := _PATTERNS["is_giving"].search(before)) and not _PATTERNS["is_taker"].search(before):
        return NamedShare(giving.start(), name.end(), Payer.FUNDER)
    return None


def _usual_owner(words: str, name: re.Match[str]) -> Payer | None:
    """Return whose a share is by its name alone, or None where another reader decides, or nobody is asked."""
    if not _is_usual(name):
        return None
    if _is_demanded(words):
        return Payer.OWN
    # "Med 40 procents medfinansiering byggs broar": of a work, not of anybody.
    told = _PATTERNS["percents"].search(words[: name.start()]) and not _PATTERNS["is_taker"].search(words)
    return Payer.NOBODY if told or _is_rate(name) else Payer.OWN
