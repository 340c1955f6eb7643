"""Fit card of a call: its terms as values, each with the words it was read from. Mails and pages word them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from monitor.calls import Budget, DeadlineModel
from monitor.language.shares import Shares

MunicipalAnswer = Literal["ja", "som partner", "nej", "framgår inte"]
"""Answer to whether a municipality may take part, as the archive and `--json` spell it."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class CardValue(Generic[_Value]):
    """Value of one term. Without a value, the call does not say."""

    value: _Value | None = None
    quote: str = ""
    """Words of the call that the value was read from; empty where the source gave it as data."""
    inferred: bool = False
    """True where the value follows from something else than the call's own statement, and is shown as probable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualTerms:
    """Terms that are usual in a programme, as sentences of the rules (Swedish). A call of the programme may differ."""

    programme: str
    """Name of the programme."""
    pays: str = ""
    """Sentence on the costs that the programme pays."""
    applicants: str = ""
    funder_share: str = ""
    own_share: str = ""
    language: str = ""
    """Language in which applications are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitCard:
    """Terms of a call that decide whether a municipality can and wants to apply."""

    municipality: MunicipalAnswer = "framgår inte"
    guessed: bool = False
    """True where `municipality` rests on something else than the text."""
    owned: bool = False
    """True where the answer is that of the municipality's companies, and the text does not name the municipality itself."""
    disputed: bool = False
    """True where the call's text and its own documents answer differently; `municipality` is open then."""
    reason: str = ""
    """Why `municipality` has its value: a Swedish sentence of the gates or of the rules."""
    quote: str = ""
    """Words of the call that answer it; empty for a guess."""
    eu: bool = False
    """True where the EU itself pays."""
    applicants: tuple[str, ...] = ()
    """Applicants that the publisher names, in its own words."""
    budget: Budget = field(default_factory=Budget)
    shares: Shares = field(default_factory=Shares)
    partners: CardValue[int] = field(default_factory=CardValue)
    """Least number of partners."""
    countries: CardValue[int] = field(default_factory=CardValue)
    """Least number of countries."""
    months: CardValue[tuple[int, int]] = field(default_factory=CardValue)
    """Shortest and longest duration of a project, in months."""
    stage: CardValue[DeadlineModel] = field(default_factory=CardValue)
    """Steps of an application."""
    usual: UsualTerms | None = None
    contact: tuple[str, ...] = ()
    """Swedish contact of the programme: name, then the ways to reach it."""
    corrected: tuple[tuple[str, datetime], ...] = ()
    """Fields of the call that a person has corrected, as `Call.corrected`."""
    partial: bool = False
    """True for a card that an earlier version stored, whose other terms are not known rather than not stated."""


def card_to_json(card: FitCard) -> dict[str, Any]:
    """Return the card as the archive stores it: `municipality`, `guessed`, and every other term that has a value.

    The budget is left out, since the call has it.
    """
    stored: dict[str, Any] = {"municipality": card.municipality, "guessed": card.guessed, "reason": card.reason, "eu": card.eu}
    stored["shares"] = field_values(card.shares)
    for name in ("owned", "disputed"):
        if getattr(card, name):
            stored[name] = True
    for name in ("quote", "applicants", "contact"):
        if value := getattr(card, name):
            stored[name] = value
    for name in ("partners", "countries", "months", "stage"):
        term: CardValue[Any] = getattr(card, name)
        if term.value is not None:
            stored[name] = field_values(term)
    if card.corrected:
        stored["corrected"] = {field: at.isoformat() for field, at in card.corrected}
    if card.usual is not None:
        stored["usual"] = {name: value for name, value in field_values(card.usual).items() if value}
    return stored


def field_values(item: Any) -> dict[str, Any]:
    """Return the fields of a dataclass by name. They hold plain values: `asdict` would copy each of them."""
    return {field.name: getattr(item, field.name) for field in fields(item)}


def card_from_json(stored: Mapping[str, Any], budget: Budget) -> FitCard:
    """Return a stored card with the budget of its call.

    A row of an earlier version, which has sentences for terms (`lines`), gives the terms that it has as values.
    """
    usual = stored.get("usual")
    return FitCard(
        municipality=stored.get("municipality", "framgår inte"),
        guessed=stored.get("guessed", False),
        owned=stored.get("owned", False),
        disputed=stored.get("disputed", False),
        reason=stored.get("reason", stored.get("why", "")),
        quote=stored.get("quote", ""),
        eu=stored.get("eu", False),
        applicants=tuple(stored.get("applicants", ())),
        budget=budget,
        shares=Shares(**stored.get("shares", {})),
        partners=CardValue(**stored.get("partners", {})),
        countries=CardValue(**stored.get("countries", {})),
        months=_months(stored.get("months", {})),
        stage=_stage(stored.get("stage", {})),
        usual=UsualTerms(**usual) if usual else None,
        contact=tuple(stored.get("contact", ())),
        corrected=tuple((field, datetime.fromisoformat(at)) for field, at in stored.get("corrected", {}).items()),
        partial="reason" not in stored,
    )


def _months(stored: Mapping[str, Any]) -> CardValue[tuple[int, int]]:
    term: CardValue[Any] = CardValue(**stored)
    return CardValue((term.value[0], term.value[1]), term.quote, term.inferred) if term.value else CardValue()


def _stage(stored: Mapping[str, Any]) -> CardValue[DeadlineModel]:
    term: CardValue[Any] = CardValue(**stored)
    return CardValue(DeadlineModel(term.value), term.quote, term.inferred) if term.value else CardValue()
