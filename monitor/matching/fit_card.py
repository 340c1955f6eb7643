"""Reading the fit card of a call: its terms as values, from structured data and from the text, offline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from monitor.calls import Budget, Call, DeadlineModel, is_eu_call
from monitor.fit import CardValue, FitCard, UsualTerms
from monitor.language.shares import Shares, find_shares
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import judge_call
from monitor.matching.gates import Gates
from monitor.matching.rules.model import Programme
from monitor.vocabulary import Kind

_Value = TypeVar("_Value")

_ONE_STAGE = re.compile(
    r"\b(?:ett\s+steg|en\s+etapp|enstegs\w*|(?:single|one)[\s-]stage|single\s+step|ett\s+trinn|ét\s+trin)\b", re.IGNORECASE
)
_ONE_STAGE_MODELS = (DeadlineModel.SINGLE, DeadlineModel.CUT_OFFS)


def fit_card(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> FitCard:
    """Return the card of a call. `zones` holds its lemma texts where they are at hand; else the call is analysed here."""
    return card_of(rules, call, judge_call(rules, call, zones).gates)


def card_of(rules: RuleSet, call: Call, gates: Gates) -> FitCard:
    """Return the card of a call that the gates have judged."""
    programme = rules.programme_of(call)
    text = "\n".join(part for part in (call.title, call.summary, call.body, call.conditions_text) if part)
    return FitCard(
        municipality=gates.answer,
        guessed=gates.guessed,
        reason=gates.reason,
        quote=gates.word if gates.stated else "",
        eu=is_eu_call(call),
        applicants=call.applicants,
        budget=call.budget,
        shares=_shares(call.budget, text),
        partners=_only((_number(hit[1]), hit[0]) for hit in _PARTNERS.finditer(text)),
        countries=_only((_number(hit[1]), hit[0]) for hit in _COUNTRIES.finditer(text)),
        months=_only(((int(hit["low"] or hit["high"]), int(hit["high"])), hit[0]) for hit in _MONTHS.finditer(text)),
        stage=_stage(call, text),
        usual=_usual(programme),
        contact=_contact(programme),
    )


def _usual(programme: Programme | None) -> UsualTerms | None:
    if programme is None:
        return None
    return UsualTerms(
        programme=programme.name,
        applicants=programme.applicants,
        funder_share=programme.funder_share,
        own_share=programme.own_share,
        language=programme.language,
    )


def _contact(programme: Programme | None) -> tuple[str, ...]:
    contact = programme.contact if programme is not None else None
    if contact is None:
        return ()
    return tuple(part for part in (contact.name, contact.email, contact.phone, contact.address, contact.url) if part)


def _stage(call: Call, text: str) -> CardValue[DeadlineModel]:
    """Return the steps of an application. The EU's portal states them; elsewhere one date is only a hint of one step."""
    model = call.deadline_model
    if model is DeadlineModel.UNKNOWN:
        return CardValue()
    if model not in _ONE_STAGE_MODELS:
        return CardValue(model)
    if call.kind is not Kind.CALL:
        return CardValue()
    if is_eu_call(call):
        return CardValue(model)
    stated = _ONE_STAGE.search(text)
    return CardValue(model, stated[0] if stated else "", inferred=stated is None)


def _shares(budget: Budget, text: str) -> Shares:
    """Return the shares that the source states, else those that the text does."""
    if budget.funder_share is None and budget.own_share is None:
        return find_shares(text)
    return Shares(budget.funder_share, budget.own_share, budget.funder_share_text, budget.own_share_text)


_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
}  # fmt: skip
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_LEAST = r"(?:at least|a minimum of|minimum|no fewer than|minst)"
_WHO = (
    r"(?:(?:other|independent|different|legal|eligible|separate|olika|fristående|självständiga)\s+){0,3}"
    r"(?:entities|organisations|organizations|partners|applicants|beneficiaries|municipalities|parter|partner|partners|"
    r"organisationer|aktörer|behovsägare|kommuner|sökande)"
)
_WHERE = (
    r"(?:(?:different|eligible|participating|EU|olika|deltagande)\s+){0,3}"
    r"(?:Member States|countries|medlemsländer|medlemsstater|länder)"
)
_PARTNERS = re.compile(rf"\b{_LEAST}\s+{_NUMBER}\s+{_WHO}\b", re.IGNORECASE)
_COUNTRIES = re.compile(rf"\b(?:{_LEAST}|from|från)\s+{_NUMBER}\s+{_WHERE}\b", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(?:(?P<cue>duration|last(?:s|ing)?|run(?:s|ning)?|implemented|pågå\w*|löpa\w*|projekttid\w*|projektperiod\w*|projektet|projekten|"
    r"klara inom)\b[^.\n]{0,80}?)"
    r"(?:(?P<low>\d{1,2})\s*(?:-|–|−|to|and|till|och)\s*)?(?P<high>\d{1,2})\s*(?:months|månader|mån)\b",
    re.IGNORECASE,
)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.casefold()]


def _only(found: Iterable[tuple[_Value, str]]) -> CardValue[_Value]:
    """Return the value with its first words where all are the same; different ones mean different parts of the call."""
    quotes: dict[_Value, str] = {}
    for value, quote in found:
        quotes.setdefault(value, quote)
    if len(quotes) != 1:
        return CardValue()
    ((value, quote),) = quotes.items()
    return CardValue(value, " ".join(quote.split()))
