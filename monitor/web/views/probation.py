"""A theme on probation: what it has taken, to be marked as examples, and the end of the probation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

import tomlkit
from datasette import Response

from monitor.archive.calls import load_call
from monitor.archive.listing import CallSummary
from monitor.archive.probation import ProbationMatch, list_probation_matches
from monitor.calls import CallKey
from monitor.errors import describe_os_error
from monitor.matching.feedback import mark_example
from monitor.matching.rules.model import ThemeFile
from monitor.toml_edit import SHIPPED_RULES_REFUSAL
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page, redirect
from monitor.web.views.rule_lab import Draft, save_rule_file, theme_file
from monitor.web.views.theme_form import put_probation

DONE = {
    "igang": "Temat är i bruk på prov. Det som det tar visas här när urvalet är omräknat.",
    "ja": "Utlysningen är nu ett exempel som temat ska ta.",
    "nej": "Utlysningen är nu ett exempel som temat inte ska ta.",
    "omarkt": "Märkningen är borttagen.",
    "langre": "Prövotiden är ändrad.",
    "slut": "Prövotiden är slut. Det temat tar går till förvaltningarna från nästa mejl.",
}
_MARKS = {"ja": True, "nej": False, "omarkt": None}
"""What the theme does with a call as its example, by the action of the page; None for a call that is no example."""
_MORE_WEEKS = 4


@dataclass(frozen=True, slots=True)
class TriedCall:
    """Call that the theme would tell departments of."""

    call: CallSummary
    departments: tuple[str, ...]
    """Their names."""
    points: float
    marked: str
    """"ja" or "nej" for a call that is an example already, else ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Reason for which something was not saved."""

    problems: tuple[str, ...] = field(default_factory=tuple)
    answer: str = ""
    """The action on a call that was refused, of `_MARKS`: for "ja" and "nej" the words of the theme do not follow it; else ""."""


def _theme(visit: Visit) -> ThemeFile:
    found = next((theme for theme in visit.site.rules.themes if theme.theme.id == visit.path_vars["theme"]), None)
    if found is None:
        raise NotFound
    return found


def probation(visit: Visit) -> Response:
    """Show what a theme on probation has taken."""
    return _page(visit, _theme(visit))


def _page(visit: Visit, theme: ThemeFile, refusal: Refusal = Refusal()) -> Response:
    head, names = theme.theme, {one.id: one.name for one in visit.site.rules.departments.values()}
    found = list_probation_matches(visit.site.archive.db, visit.now, theme=head.id)
    return page(
        "probation.html",
        visit,
        status=400 if refusal.problems else 200,
        theme=head,
        on_probation=head.is_on_probation(visit.now.date()),
        rows=list(_rows(found, names, theme)),
        refusal=refusal,
        own=visit.site.own_rules,
        done=DONE,
    )


def _rows(found: Iterable[ProbationMatch], names: dict[str, str], theme: ThemeFile) -> Iterable[TriedCall]:
    examples = {(one.title, one.identifier): "ja" if one.match else "nej" for one in theme.example}
    for _, group in groupby(found, key=lambda one: one.call.key):
        rows = list(group)
        call = rows[0].call
        departments = tuple(names.get(one.department, one.department) for one in rows)
        yield TriedCall(call, departments, max(one.points for one in rows), examples.get((call.title, call.identifier), ""))


def decide(visit: Visit) -> Response:
    """Make a call an example of the theme, or end or lengthen its probation."""
    if not visit.site.own_rules:
        return problem_page(visit, 400, detail=SHIPPED_RULES_REFUSAL)
    theme, action = _theme(visit), visit.form.get("gor", "")
    name = theme_file(theme.theme.id)
    try:
        before = (visit.site.config.rules_dir / name).read_text("utf-8")
        text = _edited(visit, theme, before, action)
    except (OSError, ValueError, tomlkit.exceptions.TOMLKitError) as error:
        problem = describe_os_error(error) if isinstance(error, OSError) else str(error)
        return _page(visit, theme, Refusal(problems=(f"{name} går inte att läsa: {problem}",)))
    if text is None:
        return problem_page(visit, 400)
    outcome = save_rule_file(visit, name, Draft(theme.theme.id, before, text), version=theme.theme.id)
    if outcome.conflict or outcome.problems:
        problems = outcome.problems or ("Filen ändrades just nu. Försök igen.",)
        return _page(visit, theme, Refusal(problems=problems, answer=action if action in _MARKS else ""))
    return redirect(f"/regler/{theme.theme.id}/prov?klart={action}")


def _edited(visit: Visit, theme: ThemeFile, text: str, action: str) -> str | None:
    """Return the text of the theme's file after an action; None for no known action or call."""
    if action in _MARKS:
        call = load_call(visit.site.archive.db, *CallKey(visit.form.get("kalla", ""), visit.form.get("id", "")))
        note = f"Märkt under prövotiden {visit.now.date().isoformat()}"
        return mark_example(text, visit.site.rules, call, match=_MARKS[action], note=note) if call is not None else None
    if action not in ("slut", "langre"):
        return None
    until = max(theme.theme.probation or date.min, visit.now.date()) + timedelta(weeks=_MORE_WEEKS)
    document = tomlkit.parse(text)
    put_probation(document["theme"], "" if action == "slut" else until.isoformat())
    return tomlkit.dumps(document)


ROUTES = (
    Route(r"^/regler/(?P<theme>[a-z0-9-]{1,80})/prov$", probation, coordinator=True),
    Route(r"^/regler/(?P<theme>[a-z0-9-]{1,80})/prov/gor$", decide, coordinator=True, acts=True),
)
