"""Job `match`: match the archive with the rules, and explain single calls."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.archive import Archive, lock
from monitor.archive.calls import load_call
from monitor.archive.connection import Database
from monitor.archive.digests import first_told_times
from monitor.archive.left_out import LeftOut
from monitor.archive.lookup import find_call, find_calls, find_left_out_item, is_name, similar_calls
from monitor.archive.matches import NewMatch, read_analysed_calls, store_matches, vanished_at
from monitor.archive.probation import NewProbationMatch, replace_probation_matches
from monitor.archive.recipients import departments_with_recipients
from monitor.archive.runs import refresh_dates
from monitor.archive.stories import lead_title
from monitor.archive.unmatched import NewUnmatched
from monitor.calls import Call, CallKey, call_status
from monitor.config import Config
from monitor.digest.wording import HOME
from monitor.documents.answers import DocumentAnswers
from monitor.documents.facts import answered_card
from monitor.documents.own import OwnDocuments, own_documents
from monitor.errors import ArchiveError, ConfigError, LockedError
from monitor.fit import card_to_json, field_values
from monitor.jobs.search import SearchRequest, index_archive, search_archive
from monitor.language.one_line import clean
from monitor.matching.compiled import RuleSet
from monitor.matching.documents import CallDocuments
from monitor.matching.engine import Judgement, PreparedCall, analyse_zones, judge_call
from monitor.matching.explain import Circumstances, LeftOutReason, Why, why, why_all
from monitor.matching.fit_card import card_of
from monitor.matching.match import Match, match_calls, matches_of, probation_matches_of
from monitor.matching.near_miss import nearest_miss
from monitor.matching.rules.load import program
from monitor.vocabulary import Kind, Status

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MatchReport:
    """Result of matching the archive: the answer of `match --json`."""

    calls: int
    """Number of calls that were matched."""
    matches: int
    """Number of matches of calls and departments."""
    departments: dict[str, int]
    """Number of matches by department."""
    seconds: float


def archived_calls(archive: Archive, rules: RuleSet, *others: RuleSet) -> Iterator[PreparedCall]:
    """Yield every call of the archive with its lemma texts and reading; new and changed calls are analysed and read first.

    With its documents as well, where `rules` or one of the others asks for them.
    """
    index_archive(archive)
    documents = documents_for(archive.db, rules, *others)
    for call, zones, reading in read_analysed_calls(archive.db):
        own = documents.of(call.key) if documents is not None else None
        yield PreparedCall(call, zones or analyse_zones(rules, call), reading, own)


def documents_for(db: Database, *rule_sets: RuleSet) -> OwnDocuments | None:
    """Return the documents of calls if some theme counts their words; None for rules that do without them."""
    return own_documents(db, rule_sets[0].analyser, asked=any(rules.asks_documents for rules in rule_sets))


def match_archive(archive: Archive, rules: RuleSet, now: datetime) -> MatchReport:
    """Match every call, and replace the stored matches in one transaction.

    Dates are brought up to `now`.
    """
    begun = time.monotonic()
    if not archive.shared:
        refresh_dates(archive.db, now)
    rows: list[NewMatch] = []
    unmatched: list[NewUnmatched] = []
    tried: list[NewProbationMatch] = []
    calls = 0
    today = now.astimezone(HOME).date()
    answers = DocumentAnswers(archive.db)
    on_probation = any(theme.theme.is_on_probation(today) for theme in rules.live_themes)
    for judgement, matches in match_calls(rules, archived_calls(archive, rules), today if on_probation else None):
        calls += 1
        rows += _rows(judgement, matches, answers)
        trials = probation_matches_of(judgement, today) if on_probation else []
        tried += _probation_rows(judgement.call, trials)
        if (
            not matches
            and not trials
            and judgement.call.kind is Kind.CALL
            and call_status(judgement.call, now) is not Status.CLOSED
        ):
            unmatched.append(_unmatched_row(judgement))
    with archive.db.atomic():
        store_matches(archive.db, rows, rules.version, rules.files, now, program=program(), unmatched=unmatched)
        replace_probation_matches(archive.db, tried, now)
    counts = Counter(row.department for row in rows)
    seconds = round(time.monotonic() - begun, 3)
    logger.info("match_finished calls=%d matches=%d rules=%s seconds=%.1f", calls, len(rows), rules.version, seconds)
    return MatchReport(calls, len(rows), {name: counts[name] for name in rules.departments}, seconds)


def match_after_documents(config: Config, archive: Archive, rules: RuleSet, now: datetime) -> MatchReport | None:
    """Match the archive again, since documents have come or changed; None while another run holds the archive.

    A reading is followed by a matching of its own.
    """
    try:
        with lock(config.data_dir):
            return match_archive(archive, rules, now)
    except LockedError:
        logger.info("match_left_to_other_run")
        return None


def match_rows(
    rules: RuleSet, call: Call, documents: CallDocuments | None = None, answers: DocumentAnswers | None = None
) -> list[NewMatch]:
    """Return the matches of one call, which is analysed for it, as rows of the archive.

    Args:
        rules: The rules.
        call: The call.
        documents: The words of its documents, for themes that count them.
        answers: What the documents of all calls say of municipalities, for its card.
    """
    judgement = judge_call(rules, call, documents=documents)
    return _rows(judgement, matches_of(judgement), answers)


def _rows(judgement: Judgement, matches: list[Match], answers: DocumentAnswers | None) -> list[NewMatch]:
    if not matches:
        return []
    call = judgement.call
    card = card_to_json(answered_card(card_of(judgement), answers.of(call) if answers is not None else ()))
    return [
        NewMatch(
            source=call.source,
            call_id=call.call_id,
            department=match.department,
            relevance=match.relevance,
            fit=match.fit,
            level=match.level,
            themes=[field_values(theme) for theme in match.themes],
            evidence=[field_values(item) for item in match.evidence],
            fit_card=card,
            rule_version=match.rule_version,
        )
        for match in matches
    ]


def _probation_rows(call: Call, matches: list[Match]) -> Iterator[NewProbationMatch]:
    for match in matches:
        for theme in match.themes:
            yield NewProbationMatch(
                source=call.source,
                call_id=call.call_id,
                department=match.department,
                theme=theme.id,
                level=match.level,
                points=theme.points,
            )


def _unmatched_row(judgement: Judgement) -> NewUnmatched:
    gates = judgement.gates
    # What a municipality cannot apply for is no near miss.
    miss = nearest_miss(judgement) if not gates.step and gates.answer != "nej" else None
    return NewUnmatched(
        source=judgement.call.source,
        call_id=judgement.call.call_id,
        step=gates.step,
        answer=gates.answer,
        guessed=gates.guessed,
        reason=gates.reason,
        theme=miss.theme if miss else "",
        department=miss.department if miss else "",
        points=miss.points if miss else 0.0,
        threshold=miss.threshold if miss else 0.0,
    )


def explain_call(archive: Archive, rules: RuleSet, config: Config, text: str, department: str | None, now: datetime) -> list[Why]:
    """Return why the call that `text` names goes to a department or to none: one answer, or one per department.

    Raises:
        ConfigError: There is no such department.
        ArchiveError: `text` names several calls, or is only like the titles of some.
    """
    if department is not None and department not in rules.departments:
        raise ConfigError(
            "--department", f"{department!r} finns inte; departments.toml har {', '.join(sorted(rules.departments))}"
        )
    departments = [department] if department is not None else list(rules.departments)
    if not find_calls(archive.db, text):
        left_out = find_left_out_item(archive.db, text)
        if left_out is not None or not similar_calls(archive.db, text):
            named = is_name(text)
            if left_out is None and not named:
                _offer_hits(archive, config, text, now)
            aside = _aside(left_out, config)
            return [why(rules, None, name, Circumstances(now=now, named=named), aside=aside) for name in departments]
    source, call_id = find_call(archive.db, text)
    call = load_call(archive.db, source, call_id)
    vanished = vanished_at(archive.db, source, call_id)
    circumstances = Circumstances(
        now=now,
        vanished=vanished.astimezone(config.zone) if vanished else None,
        told={name: told.astimezone(config.zone) for name, told in first_told_times(archive.db, source, call_id).items()},
        recipients=departments_with_recipients(config, archive.db),
        lead=lead_title(archive.db, source, call_id),
    )
    documents = documents_for(archive.db, rules)
    own = documents.of(CallKey(source, call_id)) if documents is not None else None
    if call is None or department is not None:
        return [why(rules, call, name, circumstances, documents=own) for name in departments]
    return why_all(rules, call, circumstances, documents=own)


_MAX_OFFERED = 6
"""Hits of the search that are offered for words that no title has."""


def _offer_hits(archive: Archive, config: Config, text: str, now: datetime) -> None:
    """Raise ArchiveError with the calls that the search finds by these words, also in the other language."""
    found = search_archive(config, archive, SearchRequest(query=text, limit=_MAX_OFFERED), now)
    if found.hits:
        hits = "; ".join(f"{clean(hit.title)} ({hit.source}/{hit.call_id})" for hit in found.hits)
        more = f" ({found.total} träffar)" if found.total > len(found.hits) else ""
        raise ArchiveError(text, f"står inte i någon rubrik, men sökningen hittar{more}: {hits}. Ange en av dem")


def _aside(left_out: LeftOut | None, config: Config) -> LeftOutReason | None:
    if left_out is None:
        return None
    read = datetime.fromisoformat(left_out.last_seen).astimezone(config.zone)
    return LeftOutReason(key=f"{left_out.source}/{left_out.call_id}", read=read, reason=left_out.reason)
