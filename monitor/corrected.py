"""Corrections: the fields of a call that a person may correct, and the call with corrected values in place of the source's. Pure.

A field inside another is named with a point: "budget.total". Nothing corrected passes for the publisher's words: words of the
source that stood behind a value are left out with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from monitor.calls import Budget, Call, Deadline, DeadlineModel
from monitor.vocabulary import Status

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": "Rubrik",
        "summary": "Sammanfattning",
        "kind": "Slag",
        "programme": "Program",
        "url": "Adress hos utgivaren",
        "deadlines": "Sista dag",
        "deadline_model": "Ansökan",
        "opens": "Öppnar",
        "starts": "Börjar",
        "ends": "Slutar",
        "budget.project_min": "Minst per projekt",
        "budget.project_max": "Högst per projekt",
        "budget.total": "Pengar totalt",
        "budget.grants": "Antal projekt",
        "budget.currency": "Valuta",
        "budget.funder_share": "Finansiärens andel",
        "budget.own_share": "Egen andel",
        "terms.municipality": "Kan vi söka",
        "terms.partners": "Minst antal partner",
        "terms.countries": "Minst antal länder",
        "terms.months": "Projekttid",
        "applicants": "Vem kan söka",
        "place": "Plats",
        "location": "Plats för evenemanget",
    }
)
"""Label of each field that may be corrected, in the order of a form."""
_SUMS = ("budget.total", "budget.project_min", "budget.project_max", "budget.grants", "budget.currency")
_STAGED = (DeadlineModel.TWO_STAGE, DeadlineModel.CUT_OFFS)


def correction_time(call: Call, *fields: str) -> datetime | None:
    """Return when the last of these fields of a call was corrected; None where the source's values hold."""
    return max((at for field, at in call.corrected if field in fields), default=None)


def overlay_values(values: Mapping[str, Any], corrections: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a call as decoded JSON, with corrected values by the name of their field in place of its own."""
    found = dict(values)
    for field, value in corrections.items():
        outer, _, inner = field.partition(".")
        found[outer] = {**found[outer], inner: value} if inner else value
    return found


def settle(call: Call, times: Mapping[str, datetime]) -> Call:
    """Return a call that has its corrected values, with what follows from them.

    Args:
        call: The call with the corrected values in their fields.
        times: When each of the corrected fields was corrected.
    """
    call = replace(call, corrected=tuple(sorted(times.items())), budget=_settled_budget(call.budget, times))
    if "deadlines" not in times and "deadline_model" not in times:
        return call
    model = call.deadline_model if "deadline_model" in times else _fitting_model(call.deadline_model, len(call.deadlines))
    deadlines = call.deadlines
    if "deadlines" in times:
        staged = model is DeadlineModel.TWO_STAGE and len(deadlines) > 1
        deadlines = tuple(_settled_deadline(deadline, n if staged else None) for n, deadline in enumerate(deadlines, 1))
    # A source that calls it closed had other days before it.
    stated = None if call.stated_status is Status.CLOSED else call.stated_status
    return replace(call, deadlines=deadlines, deadline_model=model, stated_status=stated)


def _settled_deadline(deadline: Deadline, stage: int | None) -> Deadline:
    return replace(deadline, text="", year_guessed=False, stage=stage)


def _settled_budget(budget: Budget, times: Mapping[str, datetime]) -> Budget:
    if "budget.total" in times:
        budget = replace(budget, pots=(), shared=False)
    if not times.keys().isdisjoint(_SUMS):
        budget = replace(budget, text="")
    if "budget.funder_share" in times:
        budget = replace(budget, funder_share_text="")
    return replace(budget, own_share_text="") if "budget.own_share" in times else budget


def _fitting_model(model: DeadlineModel, number: int) -> DeadlineModel:
    """Return the relation between `number` deadlines that a person gave, where the source had another number of them."""
    if not number:
        return model if model is DeadlineModel.ROLLING else DeadlineModel.UNKNOWN
    if number == 1:
        return DeadlineModel.SINGLE
    return model if model in _STAGED else DeadlineModel.CUT_OFFS
