"""A mail that was built, written again as it would have been with other rules. Stores nothing."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from monitor.archive import Archive
from monitor.archive.digests import CandidateMatch, CandidateRow, MatchDetails
from monitor.archive.history import PastDigest, read_candidates_at, read_past_digest, source_health_at
from monitor.archive.matches import matched_keys
from monitor.archive.overrides import read_overrides
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.choose import choose, still_ahead
from monitor.digest.layout import Occasion
from monitor.digest.render import load_templates, render_mail
from monitor.jobs.digest import audience, candidate, choice, health, steer
from monitor.jobs.match import match_rows
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import MailKind
from monitor.web.framework.request import Rewritten


def rewrite_digest(
    config: Config, archive: Archive, rules: RuleSet, digest: str, more: Collection[CallKey] = ()
) -> Rewritten | None:
    """The mail as it would have been if these rules had been in force; None when no regular mail has that id.

    The calls read as they did then, and what had been told then counts as told. `more` are calls that these rules match and those in
    force do not; what was in the archive already when the mail before it was built would have stood in that one.
    """
    past = read_past_digest(archive.db, digest)
    department = rules.departments.get(past.department) if past else None
    if past is None or department is None:
        return None
    now = past.created.astimezone(config.zone)
    asked = {*matched_keys(archive.db, department.id), *more}
    rows = read_candidates_at(archive.db, past, asked, timedelta(days=config.digest.news_days))
    choices = read_overrides(archive.db, department.id, past.week)
    found = steer(
        [candidate(rules, replace(row, match=_match(rules, row, department.id))) for row in rows if _could_be_new(row, past)],
        choices,
    )
    selection = choose(found, first=past.previous is None, previous=past.previous, choice=choice(config), now=now)
    occasion = Occasion(
        digest=past.id,
        week=past.week,
        now=now,
        previous_week=past.previous_week,
        health=health(config, source_health_at(archive.db, past.created), now),
        ahead=still_ahead(found, now) if selection.kind is MailKind.QUIET else (),
        top=choices.mail_note,
    )
    # Signed with a secret of the moment: nothing in it can answer for the department.
    signer = Signer(secrets.token_bytes(32))
    rendered = render_mail(load_templates(config.digests_dirs), selection, audience(config, department), occasion, signer)
    titles = {one.key: clean(one.call.title) or one.call.call_id for one in found}
    told = {item.candidate.key for item in selection.everything}
    return Rewritten(
        subject=rendered.renderings[0].subject,
        html=rendered.renderings[0].html,
        more=tuple((key, titles[key]) for key in sorted(told - past.told, key=lambda key: titles[key])),
        less=tuple((key, titles.get(key, key[1])) for key in sorted(past.told - told, key=lambda key: titles.get(key, key[1]))),
        kept=len(told & past.told),
    )


def _could_be_new(row: CandidateRow, past: PastDigest) -> bool:
    """Whether the mail had this to tell: it did tell it, had told of it before, or could not have done so in the mail before."""
    key = row.call.key
    return key in past.told or bool(row.told) or _follows(row) or past.previous is None or row.first_seen > past.previous


def _follows(row: CandidateRow) -> bool:
    """Whether another record leads its story; the rules match the lead alone."""
    return bool(row.story) and row.story != f"{row.call.source}/{row.call.call_id}"


def _match(rules: RuleSet, row: CandidateRow, department: str) -> CandidateMatch | None:
    match = None if _follows(row) else next((one for one in match_rows(rules, row.call) if one.department == department), None)
    if match is None:
        return None
    details = MatchDetails(themes=match.themes, evidence=match.evidence, fit_card=match.fit_card)
    return CandidateMatch(level=match.level, relevance=match.relevance, details=lambda: details)
