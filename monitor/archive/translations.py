"""Sentence memory: sentences of calls with their machine translations, and batches that an engine answers later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.calls import CallKey

_AT_ONCE = 400
"""Sentences asked for in one statement; SQLite takes 999 values at least."""


class TranslationState(StrEnum):
    """States of a translated sentence."""

    SOUND = "sound"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTranslation:
    """Translation of a sentence, as an engine gave it."""

    sentence: str
    translated: str
    engine: str
    state: TranslationState
    reason: str
    """Fault that the check found; "" for a sound translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingBatch:
    """Batch that an engine answers later."""

    reference: str
    language: str
    sentences: tuple[str, ...]
    engine: str


def has_translations(db: Database) -> bool:
    """Return True when the memory has any sentence: most installations have no engine."""
    return db.execute("SELECT 1 FROM translations LIMIT 1").fetchone() is not None


def find_translations(db: Database, language: str, sentences: Sequence[str]) -> dict[str, StoredTranslation]:
    """Return what the memory has of sentences in a language, by sentence."""
    found: dict[str, StoredTranslation] = {}
    wanted = list(dict.fromkeys(sentences))
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        for row in db.execute(
            f"SELECT sentence, translated, engine, state, reason FROM translations WHERE language = ? AND sentence IN ({marks})",
            [language, *part],
        ):
            found[row[0]] = StoredTranslation(
                sentence=row[0], translated=row[1], engine=row[2], state=TranslationState(row[3]), reason=row[4]
            )
    return found


def store_translations(db: Database, language: str, translations: Iterable[StoredTranslation], now: datetime) -> None:
    """Store translations of sentences in a language; a newer one replaces an older one."""
    with db.atomic():
        db.executemany(
            "INSERT OR REPLACE INTO translations (language, sentence, translated, engine, state, reason, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(language, one.sentence, one.translated, one.engine, one.state, one.reason, stamp(now)) for one in translations],
        )


def store_batch(db: Database, batch: WaitingBatch, now: datetime) -> None:
    """Store a batch that an engine answers later."""
    with db.atomic():
        db.execute(
            "INSERT INTO translation_batches (reference, language, sentences, engine, at) VALUES (?, ?, ?, ?, ?)",
            [batch.reference, batch.language, json.dumps(batch.sentences, ensure_ascii=False), batch.engine, stamp(now)],
        )


def take_batch(db: Database, reference: str) -> WaitingBatch | None:
    """Return a waiting batch and delete it, so that a second answer finds none; None for an unknown reference."""
    with db.atomic():
        row = db.execute(
            "SELECT reference, language, sentences, engine FROM translation_batches WHERE reference = ?", [reference]
        ).fetchone()
        if row is None:
            return None
        db.execute("DELETE FROM translation_batches WHERE reference = ?", [reference])
    return WaitingBatch(reference=row[0], language=row[1], sentences=tuple(json.loads(row[2])), engine=row[3])


def waiting_sentences(db: Database, since: datetime) -> set[tuple[str, str]]:
    """Return the language and text of each sentence that waits for an engine; batches older than `since` are given up."""
    with db.atomic():
        db.execute("DELETE FROM translation_batches WHERE at < ?", [stamp(since)])
    return {
        (row[0], sentence)
        for row in db.execute("SELECT language, sentences FROM translation_batches").fetchall()
        for sentence in json.loads(row[1])
    }


def calls_to_translate(db: Database, limit: int) -> list[CallKey]:
    """Return the calls in other languages that a department was told of or will be, the newest first."""
    rows = db.execute(
        "SELECT source, call_id FROM calls c WHERE kind = 'call' AND language NOT IN ('', 'sv') AND vanished_at IS NULL"
        " AND (EXISTS (SELECT 1 FROM matches m WHERE m.source = c.source AND m.call_id = c.call_id)"
        " OR EXISTS (SELECT 1 FROM digest_items i WHERE i.source = c.source AND i.call_id = c.call_id))"
        " AND coalesce(status, '') <> 'closed' ORDER BY first_seen DESC, source, call_id LIMIT ?",
        [limit],
    )
    return [CallKey(row[0], row[1]) for row in rows.fetchall()]
