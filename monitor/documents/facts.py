"""Facts of a call, each with every statement of it: structured data first, then documents, then the call's own text. Pure.

Where statements differ, the fact says so and has no value: none is chosen silently. A person's correction stands above all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

from monitor.calls import Call, DeadlineModel, is_eu_call
from monitor.documents.model import FileFormat, place_words
from monitor.documents.statements import ANSWERS, SUMS, FactName, PageStatement, Value, has_amount, locate, money, sums_of
from monitor.documents.topics import concerns
from monitor.fit import CardValue, FitCard, MunicipalAnswer
from monitor.language.application_language import find_application_language
from monitor.language.call_reading import CallReading
from monitor.vocabulary import Kind


class FactState(StrEnum):
    """State of a fact."""

    STATED = "stated"
    DIFFERENT = "different"
    NOT_FOUND = "not_found"
    SET = "set"


class FactOrigin(StrEnum):
    """Origin of a statement, in the order of trust."""

    PERSON = "person"
    DATA = "data"
    DOCUMENT = "document"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactStatement:
    """Statement of a fact, with the place of its words."""

    value: Value
    origin: FactOrigin
    quote: str = ""
    """Words letter by letter as in their source; empty for structured data and for a person's correction."""
    place: str = ""
    """Place of the words, in Swedish: "sida 14", or the heading of the section of the call's text."""
    document: str = ""
    """Hash of the document; empty for all others."""
    page: int = 0
    title: str = ""
    """Title of the document."""
    version: str = ""
    """Version line of the document."""


@dataclass(frozen=True, slots=True)
class CallFact:
    """Fact of a call with all its statements, the most trusted first."""

    name: FactName
    state: FactState
    statements: tuple[FactStatement, ...] = ()

    @property
    def value(self) -> Value | None:
        """Return the value; None where none is stated, or several are."""
        return self.statements[0].value if self.state in (FactState.STATED, FactState.SET) and self.statements else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """Document of a call, with what it states."""

    hash: str
    title: str
    version: str
    format: FileFormat
    labels: Mapping[int, str]
    """Heading or sheet of each page that has one."""
    statements: Sequence[PageStatement]


_CORRECTIONS: Mapping[FactName, str] = {
    FactName.MUNICIPALITY: "terms.municipality",
    FactName.FUNDER_SHARE: "budget.funder_share",
    FactName.OWN_SHARE: "budget.own_share",
    FactName.TOTAL: "budget.total",
    FactName.PROJECT_MIN: "budget.project_min",
    FactName.PROJECT_MAX: "budget.project_max",
    FactName.PARTNERS: "terms.partners",
    FactName.COUNTRIES: "terms.countries",
    FactName.MONTHS: "terms.months",
    FactName.STAGES: "deadline_model",
    FactName.PLACE: "place",
}
"""Field of `monitor.corrected.FIELDS` of each fact that a person can correct."""
_SUM_FIELDS = {FactName.TOTAL: "total", FactName.PROJECT_MIN: "project_min", FactName.PROJECT_MAX: "project_max"}
_STAGES = {DeadlineModel.SINGLE: 1, DeadlineModel.CUT_OFFS: 1, DeadlineModel.TWO_STAGE: 2}
IN_DOCUMENT = "Så står det i utlysningens dokument."
DISPUTED = "Uppgifterna om vem som kan söka går isär. Fråga utgivaren."
_MAX_STATEMENTS = 6
"""Statements of one fact that are kept."""


def gather_facts(call: Call, reading: CallReading | None, documents: Iterable[DocumentSource] = ()) -> tuple[CallFact, ...]:
    """Return every fact of a call in the order of FactName, also those that nothing states."""
    corrected = {field for field, _ in call.corrected}
    found: dict[FactName, list[FactStatement]] = {name: [] for name in FactName}
    for name, value in _data(call):
        is_set = _CORRECTIONS.get(name) in corrected
        found[name].append(FactStatement(value=value, origin=FactOrigin.PERSON if is_set else FactOrigin.DATA))
    for document in documents:
        for said in statements_of(call, document.statements):
            place = place_words(document.format, said.page, document.labels.get(said.page, ""))
            found[said.name].append(
                FactStatement(
                    value=said.value, origin=FactOrigin.DOCUMENT, quote=said.quote, place=place, document=document.hash,
                    page=said.page, title=document.title, version=document.version,
                )
            )  # fmt: skip
    for name, value, words in _texts(call, reading or CallReading()):
        place, quote = _in_call(call, words)
        if quote:
            found[name].append(FactStatement(value=value, origin=FactOrigin.TEXT, quote=quote, place=place))
    return tuple(_fact(name, found[name], _CORRECTIONS.get(name) in corrected) for name in FactName)


def statements_of(call: Call, statements: Iterable[PageStatement]) -> list[PageStatement]:
    """Return the statements of a document that are of a call.

    A sum in a document of several topics counts only where the call's own identifier is tied to it.
    """
    names = [name for name in (call.identifier, call.parent) if name]
    kept = []
    for said in statements:
        if not said.topics:
            is_own = not (said.shared and said.name in SUMS)
        elif said.shared and said.name in SUMS:
            is_own = call.identifier.upper() in said.topics
        else:
            is_own = concerns(said.topics, names) if names else not said.shared
        if is_own:
            kept.append(said)
    return kept


def _fact(name: FactName, statements: Sequence[FactStatement], is_set: bool) -> CallFact:
    kept = tuple(statements[:_MAX_STATEMENTS])
    if is_set:
        return CallFact(name, FactState.SET, kept)
    values = {repr(statement.value) for statement in statements}
    if not values:
        return CallFact(name, FactState.NOT_FOUND)
    return CallFact(name, FactState.STATED if len(values) == 1 else FactState.DIFFERENT, kept)


def _data(call: Call) -> Iterator[tuple[FactName, Value]]:
    """Yield what the source gives as data, and what a person has entered."""
    budget, terms, corrected = call.budget, call.terms, {field for field, _ in call.corrected}
    if terms.municipality:
        yield FactName.MUNICIPALITY, terms.municipality
    for name, share, words in (
        (FactName.FUNDER_SHARE, budget.funder_share, budget.funder_share_text),
        (FactName.OWN_SHARE, budget.own_share, budget.own_share_text),
    ):
        if share is not None and not words:
            yield name, share
    for name, amount in sums_of(budget):
        if amount is not None and (not budget.text or _CORRECTIONS[name] in corrected):
            yield name, money(amount, budget)
    for name, number in ((FactName.PARTNERS, terms.partners), (FactName.COUNTRIES, terms.countries)):
        if number is not None:
            yield name, number
    if terms.months is not None:
        yield FactName.MONTHS, list(terms.months)
    by_portal = call.kind is Kind.CALL and is_eu_call(call)  # its consultations have a last day, but no application
    if call.deadline_model in _STAGES and (by_portal or "deadline_model" in corrected):
        yield FactName.STAGES, _STAGES[call.deadline_model]
    if call.place:
        yield FactName.PLACE, list(call.place)


def _texts(call: Call, reading: CallReading) -> Iterator[tuple[FactName, Value, str]]:
    """Yield what the call's own text states, with the words that say so."""
    budget = call.budget
    if reading.eligibility is not None:
        yield FactName.MUNICIPALITY, ANSWERS[reading.eligibility.role], reading.eligibility.statement.words
    shares = (
        (FactName.FUNDER_SHARE, budget.funder_share, budget.funder_share_text),
        (FactName.FUNDER_SHARE, reading.shares.funder, reading.shares.funder_text),
        (FactName.OWN_SHARE, budget.own_share, budget.own_share_text),
        (FactName.OWN_SHARE, reading.shares.own, reading.shares.own_text),
    )
    for name, share, words in shares:
        if share is not None and words:
            yield name, share, words
    for name, amount in sums_of(budget):
        if amount is not None:
            yield from ((name, money(amount, budget), piece) for piece in _pieces(budget.text, amount, call.language))
    for name, stated in ((FactName.PARTNERS, reading.partners), (FactName.COUNTRIES, reading.countries)):
        if stated.value is not None:
            yield name, stated.value, stated.quote
    if reading.months.value is not None:
        yield FactName.MONTHS, list(reading.months.value), reading.months.quote
    if reading.one_stage:
        yield FactName.STAGES, 1, reading.one_stage
    application = find_application_language(f"{call.body}\n{call.conditions_text}")
    if application.value is not None:
        yield FactName.LANGUAGE, application.value, application.quote


def _pieces(words: str, amount: int, language: str) -> list[str]:
    """Return the first of the pieces of words that has an amount."""
    return [piece for piece in words.split(" · ") if piece and has_amount(piece, amount, language)][:1]


def _in_call(call: Call, words: str) -> tuple[str, str]:
    """Return the place of words in a call and the words as they stand there; "" and "" where they do not."""
    texts = [
        ("rubriken", call.title),
        ("sammanfattningen", call.summary),
        *((part.title or "texten", f"{part.title}\n{part.text}") for part in call.sections),
        *((part.title or "villkoren", f"{part.title}\n{part.text}") for part in call.conditions),
        *(("fältet Vem kan söka", line) for line in call.applicants),
    ]
    return next(((place, quote) for place, text in texts if (quote := locate(words, text))), ("", ""))


def answered_card(card: FitCard, answers: Iterable[FactStatement | PageStatement]) -> FitCard:
    """Return the card with the answer of the call's own documents to "may a municipality apply".

    It takes the place of a guess and of an open answer. Where it says other than a yes of the text, or documents differ, the card
    is disputed. A correction by a person stands, and so does a text's no.

    Args:
        card: The card by the call's data and text.
        answers: Statements of the call's own documents about municipalities.
    """
    said = list(answers)
    values = cast("set[MunicipalAnswer]", {one.value for one in said})
    if not said or "terms.municipality" in dict(card.corrected):
        return card
    is_open = card.guessed or card.municipality == "framgår inte"
    if is_open and len(values) == 1:
        return replace(card, municipality=values.pop(), guessed=False, owned=False, reason=IN_DOCUMENT, quote=said[0].quote)
    agrees = values == {card.municipality} or card.municipality == "nej" or card.owned
    if not is_open and agrees:
        return card
    return replace(card, municipality="framgår inte", guessed=False, owned=False, disputed=True, reason=DISPUTED, quote="")


def filled_card(card: FitCard, facts: Iterable[CallFact]) -> FitCard:
    """Return the card with what the call's documents state in place of what its data and text leave open.

    What statements differ on stays open.
    """
    all_facts = {fact.name: fact for fact in facts}
    said = {name: fact for name, fact in all_facts.items() if fact.state is FactState.STATED}
    answers = all_facts[FactName.MUNICIPALITY].statements if FactName.MUNICIPALITY in all_facts else ()
    card = answered_card(card, (one for one in answers if one.origin is FactOrigin.DOCUMENT))

    def value(name: FactName) -> Any:
        return said[name].value if name in said else None

    def quote(name: FactName) -> str:
        return said[name].statements[0].quote if name in said else ""

    def term(known: CardValue[Any], name: FactName, found: Any) -> CardValue[Any]:
        return known if known.value is not None or found is None else CardValue(found, quote(name))

    shares, months = card.shares, value(FactName.MONTHS)
    if shares.funder is None and value(FactName.FUNDER_SHARE) is not None:
        shares = replace(shares, funder=value(FactName.FUNDER_SHARE), funder_text=quote(FactName.FUNDER_SHARE))
    if shares.own is None and value(FactName.OWN_SHARE) is not None:
        shares = replace(shares, own=value(FactName.OWN_SHARE), own_text=quote(FactName.OWN_SHARE))
    budget = card.budget
    sums = {name: stated for name in SUMS if (stated := value(name)) is not None}
    known = any(amount is not None for _, amount in sums_of(budget))
    currencies = {currency for _, currency in sums.values()} | ({budget.currency} if known else set())
    if sums and len(currencies) == 1:
        missing = {_SUM_FIELDS[name]: amount for name, (amount, _) in sums.items() if getattr(budget, _SUM_FIELDS[name]) is None}
        budget = replace(budget, currency=currencies.pop(), **missing)
    return replace(
        card,
        shares=shares,
        budget=budget,
        partners=term(card.partners, FactName.PARTNERS, value(FactName.PARTNERS)),
        countries=term(card.countries, FactName.COUNTRIES, value(FactName.COUNTRIES)),
        months=term(card.months, FactName.MONTHS, (months[0], months[1]) if months else None),
    )


@dataclass(frozen=True, slots=True)
class FactChange:
    """Fact of which two versions of a document state different values."""

    name: FactName
    old: tuple[Value, ...]
    new: tuple[Value, ...]
    page: int
    """Page of the new version with the first value that the old one does not state; with any value when only some are gone."""


def changed_facts(old: Iterable[PageStatement], new: Iterable[PageStatement]) -> list[FactChange]:
    """Return the facts whose values differ between two versions of a document, with all values of each version.

    A fact that only one version states is no change: it may be that only the wording of it could be read.
    """
    before, after = _by_name(old), _by_name(new)
    changes = []
    for name in FactName:
        gone, come = (tuple(one.value for one in said.get(name, ())) for said in (before, after))
        if gone and come and sorted(map(repr, gone)) != sorted(map(repr, come)):
            page = next((one.page for one in after[name] if one.value not in gone), after[name][0].page)
            changes.append(FactChange(name, gone, come, page))
    return changes


def _by_name(statements: Iterable[PageStatement]) -> dict[FactName, list[PageStatement]]:
    found: dict[FactName, list[PageStatement]] = {}
    for statement in statements:
        found.setdefault(statement.name, []).append(statement)
    return found
