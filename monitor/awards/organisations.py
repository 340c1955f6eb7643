"""The same organisation under its names: a municipality by its organisation number, names alone as candidates for a person.

The first six digits of a municipality's organisation number are 212000 (Skatteverket: organisation numbers of municipalities), so
a number proves that its holder is a municipality, and the name then tells which. A company, a school or a region is never
proven by its name: "Nässjö Affärsverk" and "Region Jönköpings län" are not the municipalities in their names. Nor is it by its
town: schools stand under their own names, so those of the municipality's town are listed for a person to decide about.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

_MUNICIPAL_NUMBERS = "212000"
_OTHER_AUTHORITY = re.compile(r"2(?!12000|22000)")
"""Beginning of the number of a state authority, a region or a parish: municipalities have 212000 and their federations 222000."""
_SPACES = re.compile(r"[\W_]+")
_FORMS = (
    re.compile(r"(?P<name>.+?) (?:kommun|stad|municipality|city|kommune|kommunstyrelsen?)"),
    re.compile(r"(?:municipality of|city of|kommunen|staden|town of) (?P<name>.+)"),
)
_NOT_MUNICIPAL = re.compile(
    r"\b(?:region|lan|lans|lansstyrelsen|landsting|universitet|university|hogskola|hogskolan|kommunforbundet|kommunforbund|forbund"
    r"|county|polis|polismyndigheten|trafikverket|naturvardsverket|jordbruksverket|skogsstyrelsen|stift|lanstrafiken)\b"
)
"""Words of organisations that belong to something other than a municipality, in folded names."""
_MIN_LIKENESS = 90
"""Likeness (rapidfuzz's ratio, 0 to 100) from which a name with an error in it is a candidate: "Borghoms Kommun" has 96."""


class Sureness(StrEnum):
    """Degree of certainty that an organisation is, or belongs to, a municipality."""

    SURE = "sure"
    """By organisation number, alone or with a PIC that another row ties to that number."""
    CONFIRMED = "confirmed"
    """Decided by a person."""
    CANDIDATE = "candidate"
    """The name is the municipality's, or nearly."""
    RELATED = "related"
    """NamedOrganisation after the place: a company, a school or an association."""
    LOCATED = "located"
    """The publisher says a town that has the municipality's name; neither the name nor an identifier says whose it is."""


@dataclass(frozen=True, slots=True, order=True)
class SizeClass:
    """Range of numbers of inhabitants, within which municipalities are compared."""

    first: int
    below: int | None
    """First number of the next class; None for the class of the largest."""


@dataclass(frozen=True, slots=True)
class MunicipalityPlace:
    """Swedish municipality."""

    name: str
    """Name of the place: "Nässjö"."""
    county: str
    size: SizeClass


@dataclass(frozen=True, slots=True)
class NamedOrganisation:
    """Organisation as a publisher names it."""

    name: str
    number: str = ""
    """Swedish organisation number, or ""."""
    pic: str = ""
    country: str = "SE"
    place: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Identified:
    """Municipality that an organisation is or belongs to."""

    municipality: str
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class Decision:
    """Answer of a person about an organisation and a municipality."""

    key: str
    """Organisation's key, from `decision_key`."""
    municipality: str
    belongs: bool


@dataclass(frozen=True, slots=True)
class _Register:
    sizes: tuple[SizeClass, ...]
    """From the smallest."""
    municipalities: Mapping[str, MunicipalityPlace]
    """By name."""
    by_folded: Mapping[str, tuple[MunicipalityPlace, ...]]
    """By folded name and its genitive; Habo and Håbo share one."""
    neighbours: Mapping[str, tuple[str, ...]]
    counties: frozenset[str]
    """Folded names of the counties."""


@cache
def _register() -> _Register:
    data = tomllib.loads((resources.files("monitor.awards") / "data" / "municipalities.toml").read_text("utf-8"))
    classes = {SizeClass(row["from"], row.get("below")): row["municipalities"] for row in data["size"]}
    sizes = {name: size for size, names in classes.items() for name in names}
    municipalities = {
        name: MunicipalityPlace(name, county["name"], sizes[name])
        for county in data["county"]
        for name in county["municipalities"]
    }
    by_folded: dict[str, tuple[MunicipalityPlace, ...]] = {}
    for municipality in municipalities.values():
        folded = fold(municipality.name)
        for form in {folded, folded if folded.endswith(("s", "x")) else f"{folded}s"}:
            by_folded[form] = (*by_folded.get(form, ()), municipality)
    neighbours = {row["name"]: tuple(row["neighbours"]) for row in data["county"]}
    return _Register(tuple(classes), municipalities, by_folded, neighbours, frozenset(map(fold, neighbours)))


def fold(name: str) -> str:
    """Return a name for comparing: lower case, letters without marks (CORDIS writes MALMO STAD), single spaces."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return _SPACES.sub(" ", plain).strip()


def find_municipality(name: str) -> MunicipalityPlace | None:
    """Return the municipality that a name of a person's settings means: "Nässjö kommun" or "Nässjö"; None for another name."""
    found = _municipal_name(name, "") or tuple(_register().by_folded.get(fold(name), ()))
    exact = [municipality for municipality in found if municipality.name.casefold() in name.casefold()]
    return exact[0] if exact else None


def _municipal_name(name: str, region: str) -> tuple[MunicipalityPlace, ...]:
    """Return the municipalities whose name, with "kommun" or a word like it, is the whole name; the likest first if several."""
    folded, register = fold(name), _register()
    if folded == "region gotland":
        return register.by_folded["gotland"]
    for form in _FORMS:
        match = form.fullmatch(folded)
        if match and (found := register.by_folded.get(match["name"])):
            break
    else:
        return ()
    return _likest(found, name, region)


def _likest(found: tuple[MunicipalityPlace, ...], name: str, region: str) -> tuple[MunicipalityPlace, ...]:
    """Return the municipality of several with one folded name that a name and a county mean, else all, the likest first."""
    if len(found) < 2:
        return found
    # Håbo with its ring is no other; without it, as in CORDIS' capitals, only the county tells it from Habo.
    marked = [m for m in found if not m.name.isascii() and m.name.casefold() in name.casefold()]
    near = [m for m in found if fold(m.county) == fold(region)]
    named = [m for m in found if m.name.casefold() in name.casefold()]
    others = [m for m in found if m not in named]
    return tuple(marked) if len(marked) == 1 else tuple(near) if len(near) == 1 else (*named, *others)


def identify(
    organisation: NamedOrganisation, decisions: Mapping[str, Sequence[Decision]] = {}, numbers: Mapping[str, str] = {}
) -> Identified | None:
    """Return the municipality that an organisation is or belongs to, None for none.

    Args:
        organisation: Name and identifiers.
        decisions: A person's decisions by key of `decision_key`, the earliest of one key first.
        numbers: Organisation numbers by PIC, as rows of any source tie them together.
    """
    answers = _answers(decision_keys(organisation, numbers), decisions)
    if confirmed := next((municipality for municipality, belongs in answers.items() if belongs), ""):
        return Identified(confirmed, Sureness.CONFIRMED)
    if organisation.country != "SE":
        return None
    number = organisation.number or numbers.get(organisation.pic, "")
    named = _municipal_name(organisation.name, organisation.region)
    if len(named) == 1 and number.startswith(_MUNICIPAL_NUMBERS):
        return Identified(named[0].name, Sureness.SURE)
    if number and not number.startswith(_MUNICIPAL_NUMBERS):
        named = ()  # the number of a company or a region: named after the place at most
    found = (
        [Identified(m.name, Sureness.CANDIDATE) for m in named]
        or _near(organisation.name, number)
        or _located(organisation, number)
    )
    return next((candidate for candidate in found if candidate.municipality not in answers), None)


def _answers(keys: Iterable[str], decisions: Mapping[str, Sequence[Decision]]) -> dict[str, bool]:
    """Return whether an organisation belongs to each municipality asked about: by its surest key, there the last answer."""
    answers: dict[str, bool] = {}
    for key in keys:
        answers = {decision.municipality: decision.belongs for decision in decisions.get(key, ())} | answers
    return answers


def _near(name: str, number: str) -> list[Identified]:
    """Return candidates for a name that is not exactly a municipality's: with an error in it, or named after the place."""
    folded = fold(name)
    if _NOT_MUNICIPAL.search(folded):
        return []
    register = _register()
    if not number and folded.endswith((" kommun", " stad")):
        from rapidfuzz import fuzz, process

        stem = folded.rpartition(" ")[0]
        match = process.extractOne(stem, register.by_folded.keys(), scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS)
        if match and len(register.by_folded[match[0]]) == 1:
            return [Identified(register.by_folded[match[0]][0].name, Sureness.CANDIDATE)]
    words = folded.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            for municipality in register.by_folded.get(" ".join(words[start : start + length]), ()):
                # The name must stand with its own letters, or in a name that has no letters with marks at all.
                own = municipality.name.casefold() in name.casefold() or (name.isascii() and len(municipality.name) > 4)
                if own and not (length == 1 and len(words) == 1):
                    return [Identified(municipality.name, Sureness.RELATED)]
    return []


def _located(organisation: NamedOrganisation, number: str) -> list[Identified]:
    """Return candidates for an organisation whose publisher says its town, none for other authorities' and those elsewhere."""
    if _OTHER_AUTHORITY.match(number) or _NOT_MUNICIPAL.search(fold(organisation.name)):
        return []
    town, county, register = organisation.place, fold(organisation.region), _register()
    found = _municipal_name(town, county) or _likest(register.by_folded.get(fold(town), ()), town, county)
    return [
        Identified(place.name, Sureness.LOCATED)
        for place in found
        if county not in register.counties or fold(place.county) == county
    ]


def decision_key(organisation: NamedOrganisation, numbers: Mapping[str, str] = {}) -> str:
    """Return the key under which a decision about an organisation is stored: its surest identifier, else name and town."""
    return decision_keys(organisation, numbers)[0]


def decision_keys(organisation: NamedOrganisation, numbers: Mapping[str, str] = {}) -> list[str]:
    """Return every key under which a decision may apply to an organisation, the surest first.

    Args:
        organisation: Name and identifiers.
        numbers: Organisation numbers by PIC, as rows of any source tie them together.
    """
    keys = []
    if number := organisation.number or numbers.get(organisation.pic, ""):
        keys.append(f"number:{number}")
    if organisation.pic:
        keys.append(f"pic:{organisation.pic}")
    keys.append(f"name:{fold(organisation.name)}|{fold(organisation.place)}")
    return keys


def by_key(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Return decisions by the key of their organisation."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.key, []).append(decision)
    return found


def county_steps(home: str) -> Mapping[str, int]:
    """Return for each county how many county borders lie between it and a municipality's, by name; empty for an unknown one."""
    register = _register()
    if home not in register.municipalities:
        return {}
    start = register.municipalities[home].county
    steps, waiting = {start: 0}, deque([start])
    while waiting:
        county = waiting.popleft()
        for neighbour in register.neighbours[county]:
            if neighbour not in steps:
                steps[neighbour] = steps[county] + 1
                waiting.append(neighbour)
    return steps


def order_by_nearness(home: str, names: Iterable[str]) -> list[str]:
    """Return municipalities, the nearest by counties first, among those the ones of like size, then by name."""
    register, steps = _register(), county_steps(home)
    order = {size: number for number, size in enumerate(register.sizes)}
    own = register.municipalities.get(home)

    def rank(name: str) -> tuple[int, int, str]:
        municipality = register.municipalities[name]
        apart = abs(order[municipality.size] - order[own.size]) if own else 0
        return steps.get(municipality.county, len(register.neighbours)), apart, name

    return sorted((name for name in names if name in register.municipalities), key=rank)


def like_neighbours(home: str) -> list[str]:
    """Return the others of a municipality's class of size in its county and those that border on it, by name."""
    register, steps = _register(), county_steps(home)
    own = register.municipalities.get(home)
    return sorted(
        place.name
        for place in register.municipalities.values()
        if own and place is not own and steps.get(place.county, 2) <= 1 and place.size == own.size
    )


def county_neighbours(home: str) -> list[str]:
    """Return the other municipalities of a municipality's county, by name."""
    own = _register().municipalities.get(home)
    return sorted(
        place.name for place in _register().municipalities.values() if own and place is not own and place.county == own.county
    )
