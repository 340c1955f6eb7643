"""The full-text index: lemma texts of the calls, analysed after each crawl and read by search and by the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.archive.calls import apply_corrections, list_corrected_keys
from monitor.archive.codec import decode_call
from monitor.archive.connection import Database
from monitor.calls import ZONES, Call, call_zones
from monitor.language.analyser import Analyser, read_entries, read_places
from monitor.language.terms import Ask, Term

_BATCH, _BATCH_LETTERS = 200, 2_000_000
"""Number of calls, and about how many letters, written in one transaction; other writers get in between."""
LONGEST_WORD = 100
"""Letters of a word that are kept. Longer ones are encoded data or garbage, whose parts nobody looks for."""
_too_long = re.compile(rf"(?<![^\W_])([^\W_]{{{LONGEST_WORD}}})[^\W_]++")
_written = re.compile(r"<(\S+)")
# A correction changes what a call says without changing its hash.
_STATE = (
    "c.hash || COALESCE((SELECT ' ' || count(*) || ' ' || max(k.at) FROM corrections k"
    " WHERE k.source = c.source AND k.call_id = c.call_id), '')"
)


def zone_texts(analyser: Analyser, call: Call) -> dict[str, str]:
    """Return the lemma text of each zone of a call. Words longer than LONGEST_WORD are cut; their number in the text stays."""
    return {
        zone: analyser.lemma_text(_too_long.sub(r"\1", text), around=call.language) for zone, text in call_zones(call).items()
    }


def pending_calls(db: Database, version: str) -> Iterator[tuple[str, Call]]:
    """Calls that are new, have changed, or were analysed by another version, each with the state to note for it."""
    keys = db.execute(
        f"SELECT c.source, c.call_id, {_STATE} AS state FROM calls c LEFT JOIN indexed i ON i.source = c.source AND i.call_id = c.call_id"
        " WHERE i.id IS NULL OR i.hash <> state OR i.analyser <> ?",
        [version],
    ).fetchall()
    for source, call_id, state in keys:
        data = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()[0]
        yield state, apply_corrections(db, decode_call(data))


def index_texts(db: Database, analyser: Analyser) -> int:
    """Analyse and index every call that needs it, and forget calls that are gone; returns how many were indexed. Safe to stop and repeat.

    Nothing is analysed while the archive is locked for writing: answers from mails would wait for it.
    """
    number = letters = 0
    batch: list[AnalysedCall] = []
    noted: set[str] = set()
    for state, call in pending_calls(db, analyser.version):
        batch.append(_analyse(analyser, state, call))
        letters += sum(map(len, batch[-1].texts))
        if len(batch) == _BATCH or letters >= _BATCH_LETTERS:
            number += _write_batch(db, analyser.version, batch, noted)
            batch.clear()
            letters = 0
    number += _write_batch(db, analyser.version, batch, noted)
    _forget_gone(db)
    return number


def index_call(db: Database, analyser: Analyser, source: str, call_id: str) -> None:
    """Analyse and index one call as it stands now, as after a person's correction: search need not wait for the next crawl."""
    row = db.execute(f"SELECT {_STATE}, c.data FROM calls c WHERE c.source = ? AND c.call_id = ?", [source, call_id]).fetchone()
    if row is not None:
        analysed = _analyse(analyser, row[0], apply_corrections(db, decode_call(row[1])))
        _write_batch(db, analyser.version, [analysed], set())


def stored_zones(db: Database, source: str, call_id: str) -> dict[str, str] | None:
    """The lemma text of each zone as indexed; None for a call that is not, or whose words have changed since."""
    row = db.execute(
        f"SELECT {', '.join(f't.{zone}' for zone in ZONES)} FROM indexed i JOIN texts t ON t.id = i.id"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id"
        f" WHERE i.source = ? AND i.call_id = ? AND i.hash = {_STATE}",
        [source, call_id],
    ).fetchone()
    return dict(zip(ZONES, row, strict=True)) if row else None


def find_indexed_ids(db: Database, terms: Iterable[Term], zones: Iterable[str] = ZONES) -> set[int]:
    """The rows in which one of the terms stands in one of the zones."""
    asked = " OR ".join(sorted({match_expression(term) for term in terms}))
    if not asked:
        return set()
    rows = db.execute("SELECT rowid FROM search WHERE search MATCH ?", [f"{{{' '.join(zones)}}} : ({asked})"])
    return {row[0] for row in rows}


def list_stale_ids(db: Database) -> set[int]:
    """The rows whose calls have changed since they were indexed."""
    rows = db.execute(
        f"SELECT i.id FROM indexed i JOIN calls c ON c.source = i.source AND c.call_id = i.call_id WHERE i.hash <> {_STATE}"
    )
    return {row[0] for row in rows}


def read_indexed_calls(db: Database, analyser: Analyser, ids: Iterable[int]) -> Iterator[tuple[Call, dict[str, str]]]:
    """The calls of these rows with their lemma texts; those whose words changed since are analysed anew."""
    touched = list_corrected_keys(db)
    rows = db.execute(
        f"SELECT c.source, c.call_id, c.data, i.hash = {_STATE}, {', '.join(f't.{zone}' for zone in ZONES)} FROM json_each(?) asked"
        " JOIN indexed i ON i.id = asked.value JOIN texts t ON t.id = i.id"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id",
        [json.dumps(sorted(ids))],
    )
    for source, call_id, data, fresh, *texts in rows:
        call = apply_corrections(db, decode_call(data)) if (source, call_id) in touched else decode_call(data)
        yield call, dict(zip(ZONES, texts, strict=True)) if fresh else zone_texts(analyser, call)


def index_text(lemma_text: str) -> str:
    """What the full-text index holds of a lemma text."""
    stream, _, entries = lemma_text.partition("\n")
    words = [word for word in stream.split() if word != "."]
    differing: set[int] = set()
    spans: set[tuple[int, int]] = set()
    joined: list[tuple[str, list[tuple[int, int]]]] = []
    extra: set[str] = set()
    for entry, places, base in read_entries(entries):
        extra.add(entry)
        if entry[0] == "<":
            if places.isdigit():  # most stand once; a pair of numbers for each would keep the garbage collector busy
                differing.add(base + int(places))
            else:
                spans.update(read_places(places, base))
        elif entry[0] == "+":
            joined.append((entry[1:], read_places(places, base)))
        else:
            extra.add(f">={entry[:0:-1]}")
    differing.update(first for first, last in spans if first == last)
    as_written = {word for number, word in enumerate(words) if number not in differing}
    as_written.update(word for word, places in joined if not spans.issuperset(places))
    lemmas = {*words, *(word for word, _ in joined)}
    extra.update([f"<{word}" for word in as_written], [f">{word[::-1]}" for word in lemmas])
    return f"{stream} . {' '.join(sorted(extra))}" if stream else ""


def match_expression(term: Term) -> str:
    """The FTS5 expression that finds exactly the rows on whose lemma texts the term hits."""
    found: list[str] = []
    for variant in term.variants:
        piece = variant[0]
        if term.ask is Ask.WORDS:
            found.append(f'"{" ".join(variant)}"')
            found += [f'"+{piece}"'] if len(variant) == 1 else []
        elif term.ask is Ask.BEGINS:
            found.append(f'"<{piece}" *')
        elif term.ask is Ask.ENDS:
            found.append(f'">{piece[::-1]}" *')
        elif term.ask is Ask.EXACT:
            found.append(f'"={piece}"')
        elif term.ask is Ask.EXACT_BEGINS:
            found.append(f'"={piece}" *')
        else:
            found.append(f'">={piece[::-1]}" *')
    return f"({' OR '.join(found)})"


class AnalysedCall(NamedTuple):
    """A call that has been analysed: its key, its state when it was read, and per zone the lemma text and what the index holds of it."""

    key: tuple[str, str]
    state: str
    texts: list[str]
    indexed: list[str]


def _analyse(analyser: Analyser, state: str, call: Call) -> AnalysedCall:
    zones = zone_texts(analyser, call)
    texts = [zones[zone] for zone in ZONES]
    return AnalysedCall(call.key, state, texts, [index_text(text) for text in texts])


def _write_batch(db: Database, version: str, batch: Sequence[AnalysedCall], noted: set[str]) -> int:
    """Write analysed calls in one transaction. One that changed since it was read is pending again, by its state."""
    with db.atomic():
        for key, state, texts, indexed in batch:
            row = _row_for(db, key, state, version)
            db.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", [row, *texts])
            db.execute(f"INSERT INTO search (rowid, {', '.join(ZONES)}) VALUES (?, ?, ?, ?, ?)", [row, *indexed])
            _note_words(db, indexed, noted)
    return len(batch)


def _row_for(db: Database, key: tuple[str, str], state: str, version: str) -> int:
    """The id of a call, emptied of what was indexed for it before."""
    known = db.execute("SELECT id FROM indexed WHERE source = ? AND call_id = ?", key).fetchone()
    if known is None:
        cursor = db.execute(
            "INSERT INTO indexed (source, call_id, hash, analyser) VALUES (?, ?, ?, ?)",
            [*key, state, version],
        )
        return int(cursor.lastrowid or 0)
    row = int(known[0])
    _unindex(db, row)
    db.execute("UPDATE indexed SET hash = ?, analyser = ? WHERE id = ?", [state, version, row])
    return row


def _unindex(db: Database, row: int) -> None:
    """An index without content is told what it held, to forget it."""
    texts = db.execute(f"SELECT {', '.join(ZONES)} FROM texts WHERE id = ?", [row]).fetchone()
    db.execute(
        f"INSERT INTO search (search, rowid, {', '.join(ZONES)}) VALUES ('delete', ?, ?, ?, ?, ?)",
        [row, *(index_text(text) for text in texts)],
    )
    db.execute("DELETE FROM texts WHERE id = ?", [row])


def _forget_gone(db: Database) -> None:
    """Drop what is kept of calls that are in the archive no longer: no run deletes one, but a person may."""
    gone = db.execute(
        "SELECT i.id FROM indexed i WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.source = i.source AND c.call_id = i.call_id)"
    ).fetchall()
    with db.atomic():
        for (row,) in gone:
            _unindex(db, row)
            db.execute("DELETE FROM indexed WHERE id = ?", [row])


def _note_words(db: Database, indexed: Iterable[str], noted: set[str]) -> None:
    """Remember the words as written, from which a mistyped one is mended; `noted` are those remembered already."""
    words = {word for text in indexed for word in _written.findall(text)} - noted
    noted |= words
    db.executemany(
        "INSERT OR IGNORE INTO words (word) VALUES (?)", [(word,) for word in words if len(word) > 3 and word.isalpha()]
    )
