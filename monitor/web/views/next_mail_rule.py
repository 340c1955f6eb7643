"""A department's next mail before and after a rule that is not in force: an edited theme, a draft, a theme on probation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from datasette import Response

from monitor.archive.probation import list_probation_matches
from monitor.archive.theme_drafts import find_theme_draft
from monitor.calls import CallKey
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.matching.theme_draft import draft_from_json, find_gaps
from monitor.web.framework.mail_drafts import DraftItem, DraftWish, MailDraft
from monitor.web.framework.request import Visit
from monitor.web.framework.route import NotFound, Route
from monitor.web.framework.templates import page, problem_page
from monitor.web.views.rule_effect import PreviewOutcome
from monitor.web.views.rule_lab import edited_rules, keep_mail, preview, read_draft, theme_id
from monitor.web.views.theme_draft import bare_text


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """Rules that are not in force, and the calls that a department would get or lose by them."""

    name: str
    """Title of the theme."""
    back: str
    """Address of its page."""
    rules: RuleSet
    more: tuple[CallKey, ...]
    less: tuple[CallKey, ...] = ()


def edited(visit: Visit) -> Response:
    """Show the mail before and after the theme as edited in the rule lab. Nothing is saved."""
    department, rules = _department(visit), visit.site.rules
    draft = read_draft(visit)
    name = theme_id(draft)
    outcome = preview(visit.site.archive.db, rules, name, draft.text, visit.now)
    try:
        changed = edited_rules(rules, name, draft.text)
    except ValueError:
        return problem_page(visit, 400, detail="Temat går inte att läsa än: " + "; ".join(outcome.problems[:3]))
    head = changed.theme(name)
    more, less = _moved(outcome, department)
    return _show(
        visit,
        department,
        RuleChange(name=head.title if head else name, back=f"/regler/{draft.theme}", rules=changed, more=more, less=less),
    )


def drafted(visit: Visit) -> Response:
    """Show the mail before and after a theme that is kept as a draft."""
    department, rules = _department(visit), visit.site.rules
    stored = find_theme_draft(visit.site.archive.db, int(visit.path_vars["draft"]))
    if stored is None:
        raise NotFound
    draft = draft_from_json(stored.content)
    if find_gaps(draft, rules):
        return problem_page(visit, 400, detail="Utkastet är inte färdigt än: öppna det och fyll i det som saknas.")
    name, text = bare_text(draft, rules)
    more, less = _moved(preview(visit.site.archive.db, rules, name, text, visit.now), department)
    change = RuleChange(
        name=draft.title, back=f"/regler/utkast/{stored.id}", rules=edited_rules(rules, name, text), more=more, less=less
    )
    return _show(visit, department, change)


def tried(visit: Visit) -> Response:
    """Show the mail before and after the end of a theme's probation."""
    department, head = _department(visit), visit.site.rules.theme(visit.path_vars["theme"])
    if head is None:
        raise NotFound
    rows = list_probation_matches(visit.site.archive.db, visit.now, department=department.id, theme=head.id)
    more = tuple(row.call.key for row in rows)
    return _show(
        visit, department, RuleChange(name=head.title, back=f"/regler/{head.id}/prov", rules=visit.site.rules, more=more)
    )


def _department(visit: Visit) -> Department:
    department = visit.site.rules.departments.get(visit.path_vars["department"])
    if department is None:
        raise NotFound
    return department


def _moved(outcome: PreviewOutcome, department: Department) -> tuple[tuple[CallKey, ...], tuple[CallKey, ...]]:
    changed = next((one for one in outcome.departments if one.id == department.id), None)
    if changed is None:
        return (), ()
    return tuple(item.key for item in changed.gained), tuple(item.key for item in changed.lost)


def _show(visit: Visit, department: Department, change: RuleChange) -> Response:
    jobs = visit.site.jobs
    before = jobs.draft(visit.site.rules, visit.now, DraftWish(department=department.id))
    after = jobs.draft(change.rules, visit.now, DraftWish(department=department.id, more=change.more, less=change.less))
    return page(
        "next-mail-rule.html",
        visit,
        department=department,
        change=change,
        before=before,
        after=after,
        gained=_only_in(after, before),
        lost=_only_in(before, after),
        frame=keep_mail(visit.site, after.html) if after is not None else "",
        week=after.week.partition("-W")[2].lstrip("0") if after is not None else "",
    )


def _only_in(one: MailDraft | None, other: MailDraft | None) -> list[tuple[CallKey, str]]:
    known = {item.key for item in _items(other)}
    return [(item.key, item.title) for item in _items(one) if item.key not in known]


def _items(mail: MailDraft | None) -> Iterable[DraftItem]:
    return mail.items if mail is not None else ()


_DEPARTMENT = "(?P<department>[^/.]+)"
ROUTES = (
    Route(rf"^/regler/(?P<theme>[a-z0-9-]{{1,80}})/nasta/{_DEPARTMENT}$", edited, coordinator=True, acts=True),
    Route(rf"^/samordna/mejl/{_DEPARTMENT}/utkast/(?P<draft>[0-9]{{1,9}})$", drafted, coordinator=True),
    Route(rf"^/samordna/mejl/{_DEPARTMENT}/prov/(?P<theme>[a-z0-9-]{{1,80}})$", tried, coordinator=True),
)
