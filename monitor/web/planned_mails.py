"""Next mails of the departments, planned anew after changes: all of them for the coordinator's first page, and each alone.

A plan reads every call that a department was told of. In a large archive that takes seconds, so what was read last is shown
meanwhile; the coordinator's choices are always the present ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.archive.overrides import Overrides, read_overrides
from monitor.digest.memory import CandidateMemory
from monitor.web.framework.kept import Kept
from monitor.web.framework.mail_drafts import DraftWish, MailDraft, PlannedMail
from monitor.web.framework.request import Site


@dataclass(frozen=True, slots=True)
class Plans:
    """Plans of all departments with a recipient."""

    mails: tuple[PlannedMail, ...]
    made: datetime
    is_old: bool = False
    """True when something has changed since, and the plans are being made anew."""


def read_plans(site: Site) -> Plans:
    """Return the plans; old ones, but for the departments whose choices have changed since, when making all takes long."""
    kept = site.kept("planned-mails", lambda: _with_choices(site, site.jobs.planned(site.rules, site.now())))
    plans = kept.facts
    if kept.is_old:
        present = _with_choices(site, (mail for mail, _ in plans))
        changed = [mail.department for (mail, was), (_, choices) in zip(plans, present, strict=True) if was != choices]
        anew = {mail.department: mail for mail in site.jobs.planned(site.rules, site.now(), changed)} if changed else {}
        plans = [(anew.get(mail.department, mail), choices) for mail, choices in plans]
    return Plans(tuple(mail for mail, _ in plans), kept.made, kept.is_old)


def _with_choices(site: Site, mails: Iterable[PlannedMail]) -> list[tuple[PlannedMail, Overrides]]:
    """Return plans with the coordinator's choices for them."""
    return [(mail, read_overrides(site.archive.db, mail.department, mail.week)) for mail in mails]


@dataclass(frozen=True, slots=True)
class NextMail:
    """Mail that a department gets next, with the time of the candidates that it was chosen from."""

    draft: MailDraft | None
    """None when nobody gets a mail."""
    made: datetime
    is_old: bool
    """True when something but the coordinator's choices has changed since, and the candidates are being read anew."""


def read_all_candidates(site: Site) -> None:
    """Read the candidates of every department's next mail, so that the first visitor of each need not wait for them."""
    for department in site.rules.departments.values():
        if department.enabled:
            _candidates(site, department.id)


def _candidates(site: Site, department: str) -> Kept[CandidateMemory]:
    rules, now = site.rules, site.now()
    return site.kept(f"next-mail {department}", lambda: site.jobs.read_candidates(rules, now, department))


def read_next_mail(site: Site, wish: DraftWish) -> NextMail:
    """Return the next mail that a wish names, with the present choices.

    Raises:
        ConfigError: The department is unknown.
    """
    kept = _candidates(site, wish.department)
    return NextMail(site.jobs.draft(site.rules, site.now(), wish, kept.facts), kept.made, kept.is_old)
