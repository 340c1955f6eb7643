"""Reading the fit card of a call: its terms as values, from structured data and from the text, offline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from monitor.calls import Call, DeadlineModel, is_eu_call
from monitor.corrected import correction_time
from monitor.fit import CardValue, FitCard, UsualTerms
from monitor.language.call_reading import CallReading
from monitor.language.project_terms import Stated
from monitor.language.shares import Shares
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import Judgement, judge_call
from monitor.matching.rules.model import Programme
from monitor.vocabulary import Kind

_Value = TypeVar("_Value")
_ONE_STAGE_MODELS = (DeadlineModel.SINGLE, DeadlineModel.CUT_OFFS)


def fit_card(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None, reading: CallReading | None = None) -> FitCard:
    """Return the card of a call. `zones` and `reading` are as for `judge_call`."""
    return card_of(judge_call(rules, call, zones, reading))


def card_of(judgement: Judgement) -> FitCard:
    """Return the card of a judged call."""
    call, gates, reading = judgement.call, judgement.gates, judgement.reading
    programme = judgement.rules.programme_of(call)
    return FitCard(
        municipality=gates.answer,
        guessed=gates.guessed,
        owned=gates.owned,
        reason=gates.reason,
        quote=gates.word if gates.stated else "",
        eu=is_eu_call(call),
        applicants=call.applicants,
        budget=call.budget,
        shares=_shares(call, reading),
        partners=_term(call, "terms.partners", call.terms.partners, reading.partners),
        countries=_term(call, "terms.countries", call.terms.countries, reading.countries),
        months=_term(call, "terms.months", call.terms.months, reading.months),
        stage=_stage(call, reading),
        usual=_usual(programme),
        contact=_contact(programme),
        corrected=call.corrected,
    )


def _usual(programme: Programme | None) -> UsualTerms | None:
    if programme is None:
        return None
    return UsualTerms(
        programme=programme.name,
        pays=_last_sentence(programme.pays),
        applicants=programme.applicants,
        funder_share=programme.funder_share,
        own_share=programme.own_share,
        language=programme.language,
    )


def _last_sentence(text: str) -> str:
    """Return the last sentence of what the rules say of a programme: the first says what it is, the last what it pays for."""
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])", text.strip())[-1]


def _contact(programme: Programme | None) -> tuple[str, ...]:
    contact = programme.contact if programme is not None else None
    if contact is None:
        return ()
    return tuple(part for part in (contact.name, contact.email, contact.phone, contact.address, contact.url) if part)


def _stage(call: Call, reading: CallReading) -> CardValue[DeadlineModel]:
    """Return the steps of an application. The EU's portal states them; elsewhere one date is only a hint of one step."""
    model = call.deadline_model
    if model is DeadlineModel.UNKNOWN:
        return CardValue()
    if model not in _ONE_STAGE_MODELS:
        return CardValue(model)
    if correction_time(call, "deadline_model") is not None:
        return CardValue(model)
    if call.kind is not Kind.CALL:
        return CardValue()
    if is_eu_call(call):
        return CardValue(model)
    return CardValue(model, reading.one_stage, inferred=not reading.one_stage)


def _shares(call: Call, reading: CallReading) -> Shares:
    """Return the shares that the source states, else those that the text does; a corrected one goes before both."""
    budget, fixed = call.budget, {field for field, _ in call.corrected}
    funder_fixed, own_fixed = "budget.funder_share" in fixed, "budget.own_share" in fixed
    said = Shares(budget.funder_share, budget.own_share, budget.funder_share_text, budget.own_share_text)
    if (funder_fixed or said.funder is None) and (own_fixed or said.own is None):
        said = reading.shares
    funder = (budget.funder_share, "") if funder_fixed else (said.funder, said.funder_text)
    own = (budget.own_share, "") if own_fixed else (said.own, said.own_text)
    return Shares(funder[0], own[0], funder[1], own[1])


def _term(call: Call, field: str, value: _Value | None, stated: Stated[_Value]) -> CardValue[_Value]:
    """Return the value of a term that a person entered, "not stated" among them; else what the text says."""
    return CardValue(*stated) if correction_time(call, field) is None else CardValue(value)
