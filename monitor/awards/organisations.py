"""The same organisation under its names: a municipality by its organisation number, names alone as candidates for a person.

The first six digits of a municipality's organisation number are 212000 (Skatteverket: organisation numbers of municipalities), so
a number proves that its holder is a municipality, and the names that the file gives to it tell which. A row with that number is
then the municipality's, whatever its name: departments and schools stand under their own. Where a row's name is another
municipality's, one of the two is wrong, and neither makes a sure match.

A company, a school or a region is never proven by its name: "Nässjö Affärsverk" and "Region Jönköpings län" are not the
municipalities in their names. Nor is it by its town: those of the municipality's town are listed for a person to decide about.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

MUNICIPAL_NUMBERS = "212000"
"""First digits of every municipality's organisation number."""
_OTHER_AUTHORITY = re.compile(r"2(?!12000|22000)")
"""Beginning of the number of a state authority, a region or a parish: municipalities have 212000 and their federations 222000."""
_SPACES = re.compile(r"[\W_]+")
_FORMS = (
    re.compile(r"(?P<name>.+?) (?:kommun|stad|municipality|city|kommune|kommunstyrelsen?)"),
    re.compile(r"(?:the )?(?:municipality of|city of|kommunen|staden|town of) (?P<name>.+)"),
)
_AFTER_NAME = re.compile(r"\b(?:kommuns?|stads?|municipality|city|kommune)\b")
_BEFORE_NAME = re.compile(r"\b(?:municipality of|city of|town of|kommunen|staden) ")
"""Words beside a municipality's name inside a longer one, in folded names: "Nässjö kommun, socialförvaltningen"."""
_LONGEST_NAME = 3
"""Most words of a municipality's name that are looked for inside a longer one."""
_POSTCODE = re.compile(r"\A\s*(?:SE?[- ]*)?\d{3} ?\d{2}[\s,]+(?=\D)", re.IGNORECASE)
_COUNTRY_AFTER_TOWN = re.compile(r"\s*(?:[,/(–-]\s*(?:sweden|sverige|swe|se)|\s(?:sweden|sverige))\s*\)?\s*\Z", re.IGNORECASE)
_NOT_MUNICIPAL = re.compile(
    r"\b(?:region|lan|lans|lansstyrelsen|landsting|universitet|university|hogskola|hogskolan|kommunforbundet|kommunforbund|forbund"
    r"|county|polis|polismyndigheten|trafikverket|naturvardsverket|jordbruksverket|skogsstyrelsen|stift|lanstrafiken)\b"
)
"""Words of organisations that belong to something other than a municipality, in folded names."""
_OWNERS_SHARE = 2 / 3
"""Least share of the rows naming a municipality under a number that must name one, before the number is taken as its own."""
_MIN_LIKENESS = 90
"""Likeness (rapidfuzz's ratio, 0 to 100) from which a name with an error in it is a candidate: "Borghoms Kommun" has 96."""


class Sureness(StrEnum):
    """Degree of certainty that an organisation is, or belongs to, a municipality."""

    SURE = "sure"
    """By the municipality's organisation number, alone or with a PIC that another row ties to that number."""
    CONFIRMED = "confirmed"
    """Decided by a person."""
    NUMBERED = "numbered"
    """The number is the municipality's, and the name is another authority's."""
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
    """By folded name, its genitive and other forms; Habo and Håbo share one."""
    forms: Mapping[str, tuple[str, ...]]
    """Forms of each municipality's name with their own letters, in lower case, by name."""
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
    other: Mapping[str, Sequence[str]] = data["other_forms"]
    forms = {
        name: tuple(dict.fromkeys(form.casefold() for form in (name, genitive(name), *other.get(name, ())))) for name in sizes
    }
    by_folded: dict[str, tuple[MunicipalityPlace, ...]] = {}
    for municipality in municipalities.values():
        # Publishers write the bare name ("Västervik kommun") as well as an s too many ("Växjös kommun").
        spelt = {fold(form) for form in forms[municipality.name]}
        for form in spelt | {f"{form}s" for form in spelt if not form.endswith(("s", "x"))}:
            by_folded[form] = (*by_folded.get(form, ()), municipality)
    neighbours = {row["name"]: tuple(row["neighbours"]) for row in data["county"]}
    return _Register(tuple(classes), municipalities, by_folded, forms, neighbours, frozenset(map(fold, neighbours)))


@cache
def _genitives() -> Mapping[str, str]:
    data = tomllib.loads((resources.files("monitor.awards") / "data" / "municipalities.toml").read_text("utf-8"))
    return {str(name): str(form) for name, form in data["genitives"].items()}


def genitive(name: str) -> str:
    """Return the form of a municipality's name before "kommun": Falu, Nässjö, Jönköpings."""
    form = _genitives().get(name)
    return form or (name if name.casefold().endswith(tuple("aeiouyåäösxz")) else f"{name}s")


def fold(name: str) -> str:
    """Return a name for comparing: lower case, letters without marks (CORDIS writes MALMO STAD), single spaces."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return _SPACES.sub(" ", plain).strip()


def find_municipality(name: str) -> MunicipalityPlace | None:
    """Return the municipality that a name of a person's settings means: "Nässjö kommun" or "Nässjö"; None for another name."""
    found = _municipal_name(name, "") or tuple(_register().by_folded.get(fold(name), ()))
    exact = [municipality for municipality in found if _stands_in(municipality, name)]
    return exact[0] if exact else found[0] if len(found) == 1 else None


def _stands_in(municipality: MunicipalityPlace, name: str) -> bool:
    """Return whether a name has a form of a municipality's name with its own letters: Håbo with its ring."""
    line = name.casefold()
    return any(form in line for form in _register().forms[municipality.name])


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


def _mentioned(name: str, region: str) -> set[str]:
    """Return the municipalities that a name names as such: it is theirs, nearly theirs, or has theirs with "kommun" in it."""
    if named := _municipal_name(name, region):
        return {municipality.name for municipality in named}
    folded, register = fold(name), _register()
    found = {place.name for stem in _beside_municipal_words(folded) for place in register.by_folded.get(stem, ())}
    return found or {one.municipality for one in _misspelt(folded)}


def _beside_municipal_words(folded: str) -> Iterator[str]:
    """Yield the words before "kommun" or after "city of" in a folded name, one to three of them."""
    lengths = range(1, _LONGEST_NAME + 1)
    for match in _AFTER_NAME.finditer(folded):
        before = folded[: match.start()].split()
        yield from (" ".join(before[-length:]) for length in lengths if before)
    for match in _BEFORE_NAME.finditer(folded):
        after = folded[match.end() :].split()
        yield from (" ".join(after[:length]) for length in lengths)


def number_owners(named: Iterable[tuple[str, str, str, int]]) -> dict[str, str]:
    """Return the municipality that each municipal organisation number belongs to, by the names that publishers give to it.

    A number has an owner when two thirds of its rows that name a municipality name one, and two thirds of that one's rows with
    a municipal number have this number. So a row with a wrong number makes nothing sure.

    Args:
        named: Organisation number, name, region and number of participations of each organisation.
    """
    names: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for number, name, region, count in named:
        mentioned = _mentioned(name, region)
        if number.startswith(MUNICIPAL_NUMBERS) and len(mentioned) == 1:
            (municipality,) = mentioned
            names[number][municipality] += count
            numbers[municipality][number] += count
    return {number: owner for number, counts in names.items() if (owner := _most(counts)) and _most(numbers[owner]) == number}


def _most(counts: Counter[str]) -> str:
    """Return what at least two thirds of the rows have, "" for none."""
    (likest, count), *_ = counts.most_common(1)
    return likest if count >= _OWNERS_SHARE * counts.total() else ""


def identify(
    organisation: NamedOrganisation,
    decisions: Mapping[str, Sequence[Decision]] = {},
    numbers: Mapping[str, str] = {},
    owners: Mapping[str, str] | None = None,
) -> Identified | None:
    """Return the municipality that an organisation is or belongs to, None for none.

    Args:
        organisation: Name and identifiers.
        decisions: A person's decisions by key of `decision_key`, the earliest of one key first.
        numbers: Organisation numbers by PIC, as rows of any source tie them together.
        owners: Municipalities by organisation number, from `number_owners`; None where no other row is known.
    """
    named = _municipal_name(organisation.name, organisation.region)
    answers = _answers(decision_keys(organisation, numbers), decisions)
    by_name = _answers(decision_keys(organisation, numbers)[-1:], decisions)
    for municipality, belongs in answers.items():
        # An answer about a number or a PIC says nothing of a row that has the name of another municipality.
        if belongs and (by_name.get(municipality) or _may_be(municipality, named, answers)):
            return Identified(municipality, Sureness.CONFIRMED)
    if organisation.country != "SE":
        return None
    number = organisation.number or numbers.get(organisation.pic, "")
    found: list[Identified] = []
    if not number or number.startswith(MUNICIPAL_NUMBERS):
        found = [Identified(m.name, Sureness.CANDIDATE) for m in named]
    if owner := _owner(number, named, owners):
        if _is_sure(organisation, owner, answers):
            return Identified(owner, Sureness.SURE)
        found.append(Identified(owner, Sureness.NUMBERED))
    found = found or _near(organisation.name, number) or _located(organisation, number)
    return next((candidate for candidate in found if candidate.municipality not in answers), None)


def _may_be(municipality: str, named: Iterable[MunicipalityPlace], answers: Mapping[str, bool]) -> bool:
    """Return whether a name may be a municipality's: it is no other's, or a person has said that it is not the other."""
    names = [place.name for place in named]
    return municipality in names or all(answers.get(name) is False for name in names)


def _owner(number: str, named: Sequence[MunicipalityPlace], owners: Mapping[str, str] | None) -> str:
    """Return the municipality whose number this is, "" for none."""
    if not number.startswith(MUNICIPAL_NUMBERS):
        return ""
    if owners is None:
        return named[0].name if len(named) == 1 else ""
    return owners.get(number, "")


def _is_sure(organisation: NamedOrganisation, owner: str, answers: Mapping[str, bool]) -> bool:
    """Return whether an organisation with a municipality's number is that municipality's: its name is no other authority's."""
    if mentioned := _mentioned(organisation.name, organisation.region):
        return owner in mentioned
    return answers.get(owner) is not False and not _NOT_MUNICIPAL.search(fold(organisation.name))


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
    if not number and (misspelt := _misspelt(folded)):
        return misspelt
    words = folded.split()
    for length in range(_LONGEST_NAME, 0, -1):
        for start in range(len(words) - length + 1):
            for municipality in register.by_folded.get(" ".join(words[start : start + length]), ()):
                # The name must stand with its own letters, or in a name that has no letters with marks at all.
                own = _stands_in(municipality, name) or (name.isascii() and len(municipality.name) > 4)
                if own and not (length == 1 and len(words) == 1):
                    return [Identified(municipality.name, Sureness.RELATED)]
    return []


def _misspelt(folded: str) -> list[Identified]:
    """Return the municipality whose name, with an error in it, is a folded name with "kommun" or "stad"."""
    if not folded.endswith((" kommun", " stad")):
        return []
    from rapidfuzz import fuzz, process

    register, stem = _register(), folded.rpartition(" ")[0]
    match = process.extractOne(stem, register.by_folded.keys(), scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS)
    if match and len(register.by_folded[match[0]]) == 1:
        return [Identified(register.by_folded[match[0]][0].name, Sureness.CANDIDATE)]
    return []


def _town(place: str) -> str:
    """Return a town without its postcode and country: "571 31 Nässjö, Sweden"."""
    return _COUNTRY_AFTER_TOWN.sub("", _POSTCODE.sub("", place)).strip()


def _located(organisation: NamedOrganisation, number: str) -> list[Identified]:
    """Return candidates for an organisation whose publisher says its town, none for other authorities' and those elsewhere."""
    if _OTHER_AUTHORITY.match(number) or _NOT_MUNICIPAL.search(fold(organisation.name)):
        return []
    town, county, register = _town(organisation.place), fold(organisation.region), _register()
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
