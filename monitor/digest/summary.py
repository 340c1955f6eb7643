"""Summary of a call in the reader's language: sentences from its facts, theme and programme, or a translation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.calls import Call, next_deadline
from monitor.digest.wording import HOME, Wording, first_sentences
from monitor.fit import FitCard
from monitor.language.one_line import clean

_THEMES = 2
_LINE_LIMIT = 160
"""Characters of a translated sentence on a line."""
_ANSWERS = {"ja": "yes", "som partner": "partner", "nej": "no", "framgår inte": "unknown"}


def needs_summary(call: Call, language: str) -> bool:
    """Return whether a call is written in another language than the reader's."""
    return bool(call.language) and call.language != language


def written_summary(
    call: Call, themes: Sequence[str], programme: str, card: FitCard | None, wording: Wording, now: datetime
) -> tuple[str, str, str]:
    """Return three sentences on a call: what it is for, what the money is for or how much, and who may apply until when.

    They are for a page, which says of each that the text does not tell it; a mail has `known_summary`.

    Args:
        call: The call.
        themes: Titles of its themes in the language of `wording`, the most important first.
        programme: Name of its programme; "" for none.
        card: Its terms; None where they are not known.
        wording: Words of the reader's language.
        now: Time of reading.
    """
    return (
        _about(themes, programme, wording) or wording.say("summary.nothing"),
        _money(call, card, wording) or wording.say("summary.no_money"),
        _applicants(call, card, wording, now),
    )


def known_summary(call: Call, themes: Sequence[str], programme: str, card: FitCard | None, wording: Wording) -> tuple[str, ...]:
    """Return at most two sentences on a call for the card of a mail: what it is for, and what is paid or how much there is.

    Nothing that the rows of the card say is among them: who may apply, until when, and the money of one project, or in total
    where that of one is not stated.
    """
    return tuple(filter(None, (_about(themes, programme, wording), _pays(card, wording) or _total_beside(call, wording))))


def _total_beside(call: Call, wording: Wording) -> str:
    budget = call.budget
    if not budget.total or budget.shared or not (budget.project_min or budget.project_max):
        return ""
    return wording.say("summary.total", total=wording.money(budget.total, budget.currency, exact=True))


def line_summary(call: Call, card: FitCard | None, wording: Wording, machine: str = "") -> str:
    """Return one sentence on a call that a mail names on a line, whose subject, last day and themes the line has already.

    It is the first of its machine translation, else whether a municipality may apply and for how much; "" where neither is known.
    """
    if machine and wording.language == "sv":
        return machine_summary(first_sentences(machine, _LINE_LIMIT, most=1), wording)
    answer = _answer_word(card)
    largest = call.budget.project_max
    amount = wording.money(largest, call.budget.currency, exact=True) if largest else ""
    if answer == "unknown":
        return wording.say("summary.project", amount=amount) if amount else ""
    parts = [wording.say(f"summary.{answer}"), wording.say("summary.at_most", amount=amount) if amount else ""]
    return f"{', '.join(filter(None, parts))}."


def machine_summary(text: str, wording: Wording) -> str:
    """Return a machine translation of a summary with words that say that it is one."""
    return wording.say("summary.machine", text=text)


def _about(themes: Sequence[str], programme: str, wording: Wording) -> str:
    names = wording.join(_inside(clean(theme)) for theme in themes[:_THEMES])
    if names and programme:
        return wording.say("summary.both", programme=clean(programme), themes=names)
    if names:
        return wording.say("summary.themes", themes=names)
    return wording.say("summary.programme", programme=clean(programme)) if programme else ""


def _money(call: Call, card: FitCard | None, wording: Wording) -> str:
    if pays := _pays(card, wording):
        return pays
    budget = call.budget
    total = wording.money(budget.total, budget.currency, exact=True) if budget.total and not budget.shared else ""
    largest = wording.money(budget.project_max, budget.currency, exact=True) if budget.project_max else ""
    if total and largest:
        return wording.say("summary.total_and_project", total=total, amount=largest)
    if total:
        return wording.say("summary.total", total=total)
    return wording.say("summary.project", amount=largest) if largest else ""


def _pays(card: FitCard | None, wording: Wording) -> str:
    """Return what the programme pays for, a sentence of the rules, which exist in Swedish alone."""
    return card.usual.pays if card is not None and card.usual is not None and wording.language == "sv" else ""


def _answer(card: FitCard | None) -> str:
    return _ANSWERS[card.municipality] if card is not None else "unknown"


def _answer_word(card: FitCard | None) -> str:
    """Return the answer with its doubt, as the phrases `summary.<answer>` have it."""
    answer = _answer(card)
    if card is not None and card.owned and answer in ("yes", "partner"):
        return f"owned_{answer}"
    return f"likely_{answer}" if card is not None and card.guessed and answer != "unknown" else answer


def _applicants(call: Call, card: FitCard | None, wording: Wording, now: datetime) -> str:
    parts = [wording.say(f"summary.{_answer_word(card)}")]
    if _answer(card) == "no":
        return f"{parts[0]}."  # a last day behind it would be one not to apply by
    deadline = next_deadline(call, now)
    if deadline is not None and not deadline.year_guessed:
        parts.append(wording.say("summary.until", day=wording.short_day(deadline.at.astimezone(HOME).date(), now)))
    if call.budget.project_max and _pays(card, wording):
        amount = wording.money(call.budget.project_max, call.budget.currency, exact=True)
        parts.append(wording.say("summary.at_most", amount=amount))
    return f"{', '.join(parts)}."


def _inside(text: str) -> str:
    """Return a title as it stands inside a sentence: small at its beginning, unless that is a name in capitals."""
    return (
        text
        if text[1:2].isupper() or text.startswith(("EU", "Leader", "Interreg", "Nässjö", "Småland"))
        else text[:1].lower() + text[1:]
    )
