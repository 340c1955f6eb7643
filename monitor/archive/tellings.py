"""Mails that told of a call: where its answer links come from, and what each recipient has been told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from monitor.archive.connection import Database, sql_values
from monitor.archive.outbox import UNWANTED_REASONS
from monitor.calls import CallKey
from monitor.subscription import OwnFact

if TYPE_CHECKING:
    from monitor.archive.digests import NewDigest

# Mails that count as told: the recipient got them, is to get them, or is the one whose server refuses them.
_TOLD_IN = f"(o.state <> 'stopped' OR o.error NOT IN {sql_values(UNWANTED_REASONS)})"


class TellingMail(NamedTuple):
    """Mail of a department that told of a call."""

    digest: str
    department: str
    created: datetime


def mails_about(db: Database, key: CallKey) -> list[TellingMail]:
    """Return the mails that told of a call, oldest first, with the previews, whose items are not stored."""
    rows = db.execute(
        "WITH telling AS (SELECT digest FROM digest_items WHERE source = :source AND call_id = :call_id"
        " UNION SELECT digest FROM own_items WHERE source = :source AND call_id = :call_id"
        " UNION SELECT id FROM digests WHERE kind = 'preview')"
        " SELECT d.id, d.department, d.created FROM telling JOIN digests d ON d.id = telling.digest ORDER BY d.created, d.id",
        {"source": key.source, "call_id": key.call_id},
    )
    return [TellingMail(row[0], row[1], datetime.fromisoformat(row[2])) for row in rows]


def told_calls(db: Database, department: str, recipients: Sequence[str]) -> dict[str, frozenset[CallKey]]:
    """Return the calls that the mails of a department told each of these recipients of, by the address in lower case."""
    marks = ", ".join("?" * len(recipients))
    rows = db.execute(
        "WITH got AS (SELECT o.recipient, o.digest FROM digests d JOIN outbox o ON o.digest = d.id"
        f" WHERE d.department = ? AND o.recipient IN ({marks}) AND {_TOLD_IN})"
        " SELECT g.recipient, i.source, i.call_id FROM got g JOIN digest_items i ON i.digest = g.digest"
        " UNION SELECT g.recipient, i.source, i.call_id FROM got g JOIN own_items i ON i.digest = g.digest",
        [department, *recipients],
    )
    calls: dict[str, set[CallKey]] = defaultdict(set)
    for recipient, source, call_id in rows:
        calls[recipient.casefold()].add(CallKey(source, call_id))
    return {recipient: frozenset(keys) for recipient, keys in calls.items()}


def own_facts(db: Database, department: str) -> dict[str, list[OwnFact]]:
    """Return the facts of corrections that count for their recipients alone, oldest first, by the address in lower case."""
    rows = db.execute(
        "SELECT o.recipient, f.source, f.call_id, f.fact, d.created FROM own_facts f JOIN digests d ON d.id = f.digest"
        f" JOIN outbox o ON o.digest = f.digest WHERE d.department = ? AND {_TOLD_IN} ORDER BY d.created, f.rowid",
        [department],
    )
    facts: dict[str, list[OwnFact]] = defaultdict(list)
    for recipient, source, call_id, fact, created in rows:
        facts[recipient.casefold()].append(OwnFact(source, call_id, fact, datetime.fromisoformat(created)))
    return facts


def save_own(db: Database, digest: NewDigest) -> None:
    """Store the calls of a mail that only some recipients get, and the facts in it that count for them alone."""
    places = {fact.position: fact for fact in digest.shown}
    db.executemany(
        "INSERT INTO own_items (digest, source, call_id, section, position, shown) VALUES (?, ?, ?, ?, ?, ?)",
        [(digest.id, fact.source, fact.call_id, fact.section, place, fact.shown) for place, fact in places.items()],
    )
    db.executemany(
        "INSERT INTO own_facts (digest, source, call_id, fact) VALUES (?, ?, ?, ?)",
        [(digest.id, fact.source, fact.call_id, fact.fact) for fact in digest.shown if digest.alone],
    )
