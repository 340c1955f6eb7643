"""Past mails written again with other rules, for the rule lab. Nothing is stored."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from monitor.archive import Archive
from monitor.archive.candidates import CandidateMatch, CandidateRow, MatchDetails
from monitor.archive.history import PastDigest, read_candidates_at, read_past_digest, source_health_at
from monitor.archive.matches import matched_keys
from monitor.archive.numbers import CallNumbers
from monitor.archive.overrides import read_overrides
from monitor.calls import CallKey
from monitor.config import Config
from monitor.digest.answers import Signer
from monitor.digest.choose import choose, open_known_calls
from monitor.digest.layout import Occasion
from monitor.digest.render import load_templates, render_mail
from monitor.documents.answers import DocumentAnswers
from monitor.documents.own import OwnDocuments
from monitor.jobs.candidates import apply_choices, judge_sources, make_candidate, make_choice, reasons_of_added
from monitor.jobs.circumstances import audience_of, with_reminders
from monitor.jobs.match import documents_for, match_rows
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.vocabulary import MailKind
from monitor.web.framework.mail_drafts import RewrittenMail


def rewrite_digest(
    config: Config, archive: Archive, rules: RuleSet, digest: str, more: Collection[CallKey] = ()
) -> RewrittenMail | None:
    """Return a past mail as it would have been with these rules.

    The calls are as they were then, and the calls that had been told of then count as told. A call that was in the archive when
    the mail before was built would have been in that one.

    Args:
        config: The installation.
        archive: Its archive.
        rules: The other rules.
        digest: Id of the mail.
        more: Calls that these rules match and those in force do not.

    Returns:
        None when no weekly mail of a department in the rules has that id.
    """
    past = read_past_digest(archive.db, digest)
    department = rules.departments.get(past.department) if past else None
    if past is None or department is None:
        return None
    now = past.created.astimezone(config.zone)
    keys = {*matched_keys(archive.db, department.id), *more}
    rows = read_candidates_at(archive.db, past, keys, timedelta(days=config.digest.news_days))
    choices = read_overrides(archive.db, department.id, past.week)
    documents, answers = documents_for(archive.db, rules), DocumentAnswers(archive.db)
    candidates = apply_choices(
        [
            make_candidate(rules, replace(row, match=_match(rules, row, department.id, documents, answers)))
            for row in rows
            if _could_be_new(row, past)
        ],
        choices,
        reasons_of_added(archive.db, rules),
    )
    selection = choose(candidates, first=past.previous is None, previous=past.previous, choice=make_choice(config), now=now)
    occasion = Occasion(
        digest=past.id,
        week=past.week,
        now=now,
        previous_week=past.previous_week,
        health=judge_sources(config, source_health_at(archive.db, past.created), now),
        ahead=open_known_calls(candidates, now) if selection.kind is MailKind.QUIET else (),
        top=choices.mail_note,
    )
    # Signed with a secret of the moment: nothing in it can answer for the department.
    signer = Signer(secrets.token_bytes(32))
    languages = ("sv",)
    occasion = with_reminders(occasion, config, archive.db, rules, department, selection, languages)
    audience = audience_of(config, archive.db, department, CallNumbers(archive.db), selection, languages)
    rendered = render_mail(load_templates(config.digests_dirs), selection, audience, occasion, signer)
    titles = {candidate.key: clean(candidate.call.title) or candidate.call.call_id for candidate in candidates}
    told = {item.candidate.key for item in selection.everything}
    return RewrittenMail(
        subject=rendered.renderings[0].subject,
        html=rendered.renderings[0].html,
        more=tuple((key, titles[key]) for key in sorted(told - past.told, key=lambda key: titles[key])),
        less=tuple((key, titles.get(key, key[1])) for key in sorted(past.told - told, key=lambda key: titles.get(key, key[1]))),
        kept=len(told & past.told),
    )


def _could_be_new(row: CandidateRow, past: PastDigest) -> bool:
    """Return whether a call could be in the mail: it was, was told of before, or came after the mail before."""
    key = row.call.key
    return key in past.told or bool(row.told) or _follows(row) or past.previous is None or row.first_seen > past.previous


def _follows(row: CandidateRow) -> bool:
    """Return whether another record leads the call's story; the rules match the lead alone."""
    return bool(row.story) and row.story != f"{row.call.source}/{row.call.call_id}"


def _match(
    rules: RuleSet, row: CandidateRow, department: str, documents: OwnDocuments | None, answers: DocumentAnswers
) -> CandidateMatch | None:
    own = documents.of(row.call.key) if documents is not None else None
    matches = () if _follows(row) else match_rows(rules, row.call, own, answers)
    match = next((match for match in matches if match.department == department), None)
    if match is None:
        return None
    details = MatchDetails(themes=match.themes, evidence=match.evidence, fit_card=match.fit_card)
    return CandidateMatch(level=match.level, relevance=match.relevance, details=lambda: details)
