"""What is known of a call from its earlier rounds: who was funded, how many applied, and what was expected of this round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.awards.history import EarlierRounds
from monitor.awards.installation import chances_before, rounds_before
from monitor.awards.planned import planned_of
from monitor.awards.promises import promise_of
from monitor.awards.seasons import judge_promise
from monitor.awards.wording import chance_line, planned_outcome, promise_line, round_line
from monitor.calls import Call
from monitor.web.framework.addresses import document_path
from monitor.web.framework.request import Visit

_MOST_CHANCES = 3


@dataclass(frozen=True, kw_only=True)
class EarlierView:
    """Values of the template `call-earlier.html`."""

    rounds: EarlierRounds | None
    line: str
    """One line about the last round, "" when it is unknown."""
    chances: Sequence[tuple[str, str, str]]
    """Code, line and sentences of the publisher about the proposals of each closed round, the latest first."""
    promise: str
    """What was expected of this call before it was announced, and how that turned out; "" when nothing was."""
    plan: str
    """Line on the plan of the call in its work programme and how it turned out; "" when no programme that was read had it."""
    plan_page: str
    """Path of the page of the work programme."""


def earlier_view(visit: Visit, call: Call) -> EarlierView | None:
    """Return what is known of the earlier rounds of a call, None when nothing is."""
    if not call.identifier:
        return None
    db, config, language = visit.site.archive.db, visit.site.config, visit.language
    rounds = rounds_before(config, db, call.identifier)
    chances = [
        (code, chance_line(competition, language), " … ".join(competition.sentences))
        for code, competition in chances_before(config, db, call.identifier)[:_MOST_CHANCES]
    ]
    promise, plan = _promise(visit, call), planned_of(db, call.identifier, call.title, call.programme or "")
    if rounds is None and not chances and not promise and plan is None:
        return None
    return EarlierView(
        rounds=rounds,
        line=round_line(rounds, language) if rounds else "",
        chances=chances,
        promise=promise,
        plan=planned_outcome(plan, language) if plan else "",
        plan_page=document_path(plan.document, plan.page) if plan else "",
    )


def _promise(visit: Visit, call: Call) -> str:
    found = promise_of(visit.site.archive.db, call.identifier, call.title, call.programme or "")
    if found is None:
        return ""
    opened = found.opened or call.opens
    verdict = found.verdict or (judge_promise(found.forecast, opened, visit.now.date()) if opened else None)
    return promise_line(found.forecast, opened, verdict, visit.language)
