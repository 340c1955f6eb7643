"""Facts of a call in words: label, value, state and origin, in Swedish; `say` gives the words of another language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, cast

from monitor.documents.facts import CallFact, FactOrigin, FactState, FactStatement
from monitor.documents.model import FileFormat, place_words
from monitor.documents.statements import FactName, Value
from monitor.language.application_language import ANY_OFFICIAL, EITHER, ENGLISH, SWEDISH
from monitor.language.one_line import shorten
from monitor.translation import translate

_MAX_TITLE = 60

Say = Callable[[str], str]
FACT_LABELS: Mapping[FactName, str] = {
    FactName.MUNICIPALITY: "Kan en kommun söka",
    FactName.FUNDER_SHARE: "Finansiären betalar högst",
    FactName.OWN_SHARE: "Ni betalar minst",
    FactName.TOTAL: "Pengar totalt",
    FactName.PROJECT_MIN: "Minst per projekt",
    FactName.PROJECT_MAX: "Högst per projekt",
    FactName.PARTNERS: "Minst antal partner",
    FactName.COUNTRIES: "Minst antal länder",
    FactName.MONTHS: "Projekttid",
    FactName.STAGES: "Steg i ansökan",
    FactName.LANGUAGE: "Ansökans språk",
    FactName.PLACE: "Plats",
}
STATE_LABELS: Mapping[FactState, str] = {
    FactState.STATED: "Står",
    FactState.DIFFERENT: "Olika uppgifter",
    FactState.NOT_FOUND: "Hittas inte",
    FactState.SET: "Rättat av kommunen",
}
ORIGIN_LABELS: Mapping[FactOrigin, str] = {
    FactOrigin.PERSON: "kommunens rättelse",
    FactOrigin.DATA: "utgivarens egna fält",
    FactOrigin.DOCUMENT: "utlysningens dokument",
    FactOrigin.TEXT: "utlysningens text",
}
_PLACES = {"sida": "sida", "avsnittet": "avsnittet", "bladet": "bladet", "del": "del"}
_ANSWERS = {"ja": "Ja", "som partner": "Ja, som partner", "nej": "Nej"}
_LANGUAGES = {
    ANY_OFFICIAL: "något av EU:s officiella språk",
    ENGLISH: "engelska",
    SWEDISH: "svenska",
    EITHER: "svenska eller engelska",
}


SUMS = (FactName.TOTAL, FactName.PROJECT_MIN, FactName.PROJECT_MAX)
"""Facts whose value is an amount and its currency."""


def value_words(name: FactName, value: Value, say: Say = str) -> str:
    """Return the value of a fact for people, such as "500 000 EUR" or "24–36 månader"."""
    if name is FactName.MUNICIPALITY:
        return say(_ANSWERS.get(str(value), str(value)))
    if name is FactName.LANGUAGE:
        return say(_LANGUAGES.get(str(value), str(value)))
    if name in (FactName.FUNDER_SHARE, FactName.OWN_SHARE):
        return f"{value} {say('procent')}"
    if name in SUMS:
        amount, currency = cast("list[int | str]", value)
        return f"{amount:,} {currency}".replace(",", "\u00a0")
    if name is FactName.MONTHS:
        low, high = cast("list[int]", value)
        return f"{low} {say('månader')}" if low == high else f"{low}–{high} {say('månader')}"
    if name is FactName.STAGES:
        return say("Ett steg") if value == 1 else say("Två steg")
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def value_words_in(name: FactName, value: Value, language: str) -> str:
    """Return the value of a fact in a language; sums in English are written as "EUR 500,000"."""
    if language != "sv" and name in SUMS:
        amount, currency = cast("list[int | str]", value)
        return f"{currency} {amount:,}"
    return value_words(name, value, partial(translate, language=language))


def worded_side(text: str, languages: Iterable[str]) -> str | None:
    """Return one side of a stored change of a fact with its words by language, as JSON; None for a fact no longer known."""
    side = json.loads(text)
    if side["fact"] not in set(FactName):
        return None
    name = FactName(side["fact"])
    words = {}
    for language in languages:
        say = partial(translate, language=language)
        values = ", ".join(value_words_in(name, value, language) for value in side["values"])
        words[language] = {"fact": say(FACT_LABELS[name]), "values": values, "place": place_in(side.get("place", ""), say)}
    return json.dumps({**side, "words": words}, ensure_ascii=False)


def page_words(file_format: FileFormat, number: int, label: str, say: Say = str) -> str:
    """Return where a page is in the language of `say`, as `place_words` does in Swedish."""
    return place_in(place_words(file_format, number, label), say)


def place_in(place: str, say: Say) -> str:
    """Return a place as `place_words` gives it in another language; "" for none."""
    kind, _, rest = place.partition(" ")
    return f"{say(_PLACES[kind])} {rest}" if kind in _PLACES else place


def origin_words(statement: FactStatement, say: Say = str, beside: Sequence[FactStatement] = ()) -> str:
    """Return where a statement comes from: "utlysningens dokument, sida 14, Version 1.1".

    A document is named by its title where the statements `beside` it come from another one as well.
    """
    place = place_in(statement.place, say) if statement.document else statement.place
    origin = say(ORIGIN_LABELS[statement.origin])
    if len({one.document for one in beside if one.document} | {statement.document}) > 1 and statement.document:
        origin = f"{origin} ”{shorten(statement.title, _MAX_TITLE)}”"
    parts = (origin, place, statement.version)
    return ", ".join(part for part in parts if part)


def fact_rows(facts: Iterable[CallFact]) -> list[dict[str, Any]]:
    """Return facts as `--json` gives them."""
    return [
        {"name": fact.name, "state": fact.state, "value": fact.value, "statements": list(map(asdict, fact.statements))}
        for fact in facts
    ]
