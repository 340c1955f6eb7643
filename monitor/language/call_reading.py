"""Reading of a call: who may apply and on which terms, as its text says. It depends on no rules, so the archive keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from monitor.calls import Call
from monitor.corrected import correction_time
from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import Applicant, Eligibility, Role, municipal_role
from monitor.language.applicant_words import Group
from monitor.language.applicants import find_applicants
from monitor.language.partner_searches import sought_municipality, sought_others, unsought_municipality
from monitor.language.project_terms import Stated, find_countries, find_months, find_one_stage, find_partners
from monitor.language.shares import Shares, find_shares
from monitor.vocabulary import Kind

_SHARES = ("budget.funder_share", "budget.own_share")
_ASKED = "Vem kan söka:"
"""Heading that makes the statements of the publisher's own field a list of applicants."""
_MAX_QUOTE_CHARS = 200
_RESULTS = re.compile(r"expected (?:outcomes?|impacts?|results?)\b|förväntade (?:resultat|effekter)\b", re.IGNORECASE)
"""Titles of sections that tell of the time after the project: who "will be enabled" or "has access" there is no applicant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReading:
    """Statements of a call's text, each with the words it was read from."""

    eligibility: Eligibility | None = None
    """Part that a municipality has; None where the call leaves it open."""
    shares: Shares = field(default_factory=Shares)
    """Shares that the text states; none where the source gives shares as data."""
    partners: Stated[int] = field(default_factory=Stated)
    """Least number of partners."""
    countries: Stated[int] = field(default_factory=Stated)
    """Least number of countries."""
    months: Stated[tuple[int, int]] = field(default_factory=Stated)
    """Shortest and longest duration of a project, in months."""
    one_stage: str = ""
    """Words that say that an application has one step."""


def read_call(call: Call) -> CallReading:
    """Return what the text of a call says. It takes a thousand times longer than to match the call with one theme."""
    text = "\n".join(part for part in (call.title, call.summary, call.body, call.conditions_text) if part)
    from_source = call.budget.funder_share is not None or call.budget.own_share is not None
    # One corrected share leaves the other to the text.
    from_source = from_source and correction_time(call, *_SHARES) is None
    return CallReading(
        eligibility=_eligibility(call),
        shares=Shares() if from_source else find_shares(text),
        partners=find_partners(text),
        countries=find_countries(text),
        months=find_months(text),
        one_stage=find_one_stage(text),
    )


def _eligibility(call: Call) -> Eligibility | None:
    """Return the part of a municipality. The publisher's field of applicants goes before the text."""
    fields = "\n".join((_ASKED, *call.applicants)) if call.applicants else ""
    sections = [f"{part.title}\n{part.text}" for part in call.sections if not _RESULTS.match(part.title)]
    # A summary that is the body's beginning has lost its lines: "Budget: 22 miljoner Kommuner kan inte få stödet".
    body = " ".join("\n".join(sections).split())
    repeats = " ".join(call.summary.split()).rstrip("….") in body
    text = "\n".join(part for part in (call.title, "" if repeats else call.summary, *sections) if part)
    for read in (fields, text):
        found = municipal_role(limited(find_applicants(read, call.language), read)) if read else None
        if found is not None:
            return found
    return _sought(text, call.language) if call.kind is Kind.PARTNER_SEARCH else None


def _sought(text: str, language: str) -> Eligibility | None:
    """Return the part of a municipality where somebody seeks partners; None where the text leaves it open."""
    for place, group, role in (
        (unsought_municipality(text), Group.MUNICIPALITY, Role.NOT),
        (sought_municipality(text), Group.MUNICIPALITY, Role.PARTNER),
        (sought_others(text, language), Group.MUNICIPALITY, Role.NOT),
    ):
        if place is not None:
            begin, end = place
            words = text[begin : min(end, begin + _MAX_QUOTE_CHARS)]
            return Eligibility(role, Applicant(group, role, words, begin))
    return None
