"""What the rules say in Swedish sentences, said in English from the same facts: why a call goes where it goes, and its fit card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from monitor.calls import Budget, Call, DeadlineModel
from monitor.digest.wording import Wording
from monitor.matching.explain import Circumstances, Why
from monitor.matching.fit_card import UNREAD, FitCard
from monitor.vocabulary import Kind

_MAY = {"ja": "Yes", "som partner": "Yes, as partner", "nej": "No", "framgår inte": "Not stated"}
_MAY_BE = {"ja": "Probably", "som partner": "Probably, as partner", "nej": "Probably not"}
_NOT_IN_TEXT = "(the text does not say)"
_STAGES = {
    DeadlineModel.SINGLE: "One stage: the whole application at once",
    DeadlineModel.TWO_STAGE: "Two stages: a short outline first, and only those who go on write a whole application",
    DeadlineModel.CUT_OFFS: "One stage, with several days on which applications are judged",
    DeadlineModel.ROLLING: "Applications are taken all the time",
}
_LIKELY_STAGES = {
    DeadlineModel.SINGLE: f"Probably one stage {_NOT_IN_TEXT}",
    DeadlineModel.CUT_OFFS: f"Probably one stage, with several days on which applications are judged {_NOT_IN_TEXT}",
}
_KINDS = {
    Kind.NEWS: "a news item",
    Kind.EVENT: "an event",
    Kind.POLICY: "a proposal or decision",
    Kind.PARTNER_SEARCH: "a search for partners",
}
_GROUPS = {
    "regioner": "regions",
    "statliga myndigheter": "state agencies",
    "universitet och forskare": "universities and researchers",
    "företag": "companies",
    "föreningar och andra ideella organisationer": "associations and other non-profit organisations",
    "privatpersoner eller enskilda yrkesutövare": "individuals or self-employed people",
}
_REASONS = {
    "Texten säger att kommuner kan söka.": "The text says that municipalities can apply.",
    "Texten säger att offentliga organisationer kan söka.": "The text says that public bodies can apply.",
    "Texten säger att skolor eller deras huvudmän kan söka.": "The text says that schools or those who run them can apply.",
    "Texten säger att alla slags organisationer kan söka.": "The text says that organisations of all kinds can apply.",
    "Texten säger att kommuner kan vara med som partner.": "The text says that municipalities can take part as partners.",
    "Texten säger att kommuner inte kan söka.": "The text says that municipalities cannot apply.",
    "Texten säger att offentliga organisationer inte kan söka.": "The text says that public bodies cannot apply.",
    "Texten säger inte vem som kan delta.": "The text does not say who can take part.",
    **{f"Bara {group} får söka.": f"Only {english} may apply." for group, english in _GROUPS.items()},
    **{
        f"Texten nämner bara {group} som sökande.": f"The text names only {english} as applicants."
        for group, english in _GROUPS.items()
    },
}
"""English of the gates' reasons about who may apply; the reasons of a line of the rules are the coordinator's own Swedish."""
_PARTNERS = re.compile(r"Minst(?: (?P<partners>\d+) part(?:er)?(?: från)?)?(?: (?P<countries>\d+) (?:land|länder))?")


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of the fit card; `rest` is what only exists in Swedish."""

    label: str
    value: str
    known: bool
    rest: str = ""


def card_lines(card: FitCard, call: Call, wording: Wording) -> list[CardLine]:
    """Return the fit card's lines with English values; labels are translated with the page."""
    values = {
        "municipality": f"{_MAY_BE[card.municipality]} {_NOT_IN_TEXT}" if card.guessed else _MAY[card.municipality],
        "funder_share": _share("At most", card.shares.funder, card.shares.funder_text),
        "own_share": _share("At least", card.shares.own, card.shares.own_text),
        "per-project": _per_project(call.budget, wording),
        "total": _total(call.budget, wording),
    }
    lines = []
    for line in card.lines:
        said, _, usual = line.value.partition(". ") if not line.known else (line.value, "", "")
        if line.key == "stage" and said != UNREAD:
            values["stage"] = (_STAGES if line.known else _LIKELY_STAGES).get(call.deadline_model, "")
        if line.key == "own_share" and card.shares.own is None and card.shares.funder is not None:
            values["own_share"], usual = _remaining(card.shares.funder), ""
        if line.key == "municipality":
            english = _REASONS.get(card.why)
            usual = card.why if english is None else ""
            if english is not None:
                values["municipality"] = f"{values['municipality']}. {english}"
        elif line.known and said != UNREAD:
            values.setdefault(line.key, _translated(line.key, line.value))
        lines.append(CardLine(line.label, values.get(line.key) or "Not stated", line.known, usual))
    return lines


def _translated(key: str, value: str) -> str:
    """What the card read out of the text, in the few forms that it has."""
    if key == "partners" and (found := _PARTNERS.fullmatch(value)):
        partners = _counted(found["partners"], "partner", "partners")
        countries = _counted(found["countries"], "country", "countries")
        return "At least " + " from ".join(part for part in (partners, countries) if part)
    if key == "duration":
        return value.replace("månader", "months")
    return value


def _share(bound: str, share: int | None, words: str) -> str:
    if share is None:
        return ""
    return (f"{bound} {share} per cent" if share else "Nothing") + (f" (it says: “{words}”)" if words else "")


def _remaining(funder: int) -> str:
    """Return what the funder's share leaves, which is arithmetic and no statement of the text."""
    return f"Not stated. At least {100 - funder} per cent remain if at most {funder} are paid." if funder < 100 else ""


def _counted(number: str | None, one: str, many: str) -> str:
    return "" if number is None else f"{number} {one if number == '1' else many}"


def _per_project(budget: Budget, wording: Wording) -> str:
    low, high = budget.project_min, budget.project_max
    if low and high and low != high:
        return f"{wording.money(low, budget.currency)} to {wording.money(high, budget.currency)}"
    if high:
        return wording.money(high, budget.currency) if low == high else f"At most {wording.money(high, budget.currency)}"
    return f"At least {wording.money(low, budget.currency)}" if low else ""


def _total(budget: Budget, wording: Wording) -> str:
    if budget.pots and len({amount for _, amount in budget.pots}) > 1:
        return ", ".join(wording.money(amount, budget.currency) + (f" ({name})" if name else "") for name, amount in budget.pots)
    if not budget.total:
        return ""
    shared = ", shared with other parts of the same call" if budget.shared else ""
    grants = f", about {budget.grants} projects" if budget.grants and not budget.shared else ""
    return f"{wording.money(budget.total, budget.currency)}{shared}{grants}"


def why_text(one: Why, call: Call, circumstances: Circumstances, titles: Mapping[str, str], wording: Wording) -> str:
    """Why a department gets a call, or at which step it fell out."""
    told = circumstances.told.get(one.department)
    told_text = f"{one.name} was told on {_day(told, circumstances.now, wording)}." if told else ""
    if one.step == "matched":
        return f"It goes to {one.name}. Subject: {wording.join(titles.get(name, name) for name in one.themes)}."
    if one.step == "told":
        return told_text
    if one.step == "not-current":
        return f"It is not current: {_ended(call, circumstances, wording)}. {told_text}".strip()
    if one.step == "not-a-call":
        kind = _KINDS.get(call.kind)
        return (
            f"It is {kind}, not a call, and it does not reach far enough. {_short(one)}"
            if kind
            else "It is nothing to apply for."
        )
    if one.step == "vetoed":
        return f"The subject {one.theme} is stopped by a word that speaks against it."
    if one.step == "below-threshold":
        return _short(one)
    if one.step == "outside":
        return "It is for another place than ours."
    if one.step == "fit-nej":
        return "A municipality cannot take part."
    return f"{one.name} gets nothing of this kind: the subject is a draft, the department is switched off or has no recipient."


def _short(one: Why) -> str:
    threshold = f"{one.threshold:g}"
    if not one.evidence or one.points <= 0:
        return f"No words that speak for the department's subjects stand in the text: 0 of {threshold} points."
    if one.points >= one.threshold:
        return f"Only the programme speaks for the subject {one.theme}; that is never enough by itself."
    words = "; ".join(f"{', '.join(item.words[:3])} ({item.weight} p)" for item in one.missing[:3])
    missing = f" What is missing could be, for example: {words}." if words else ""
    return f"The subject {one.theme} got {one.points:g} of {threshold} points; {one.short:g} are missing.{missing}"


def _ended(call: Call, circumstances: Circumstances, wording: Wording) -> str:
    now = circumstances.now
    if circumstances.vanished is not None:
        return f"it vanished from its source on {_day(circumstances.vanished, now, wording)}"
    if call.kind is Kind.EVENT and call.starts is not None:
        return f"the event was on {_day(call.ends or call.starts, now, wording)}"
    passed = [deadline.at for deadline in call.deadlines if deadline.at < now]
    return f"the last day was {_day(max(passed), now, wording)}" if passed else "its source says that it is closed"


def _day(day: date, now: datetime, wording: Wording) -> str:
    return wording.short_day(day.date() if isinstance(day, datetime) else day, now)
