"""Full-text index: lemma texts of the calls, analysed after each crawl and read by search and by the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.archive.calls import CALL_STATE, apply_corrections, list_corrected_keys
from monitor.archive.codec import decode_call
from monitor.archive.connection import Database
from monitor.calls import ZONES, Call, CallKey, call_zones
from monitor.language.analyser import Analyser, read_entries, read_places
from monitor.language.terms import MatchMode, Term

_BATCH_CALLS = 200
"""Most calls that one transaction writes; other writers can write between two."""
_BATCH_LETTERS = 2_000_000
"""Number of letters after which a transaction ends as well."""
LONGEST_WORD = 100
"""Letters of a word that are indexed. Longer words are encoded data, which nobody searches for."""
_TOO_LONG = re.compile(rf"(?<![^\W_])([^\W_]{{{LONGEST_WORD}}})[^\W_]++")
_AS_WRITTEN = re.compile(r"<(\S+)")


def zone_texts(analyser: Analyser, call: Call) -> dict[str, str]:
    """Return the lemma text of each zone of a call. Words longer than LONGEST_WORD are cut, so the number of words stays."""
    return {
        zone: analyser.lemma_text(_TOO_LONG.sub(r"\1", text), around=call.language) for zone, text in call_zones(call).items()
    }


def pending_calls(db: Database, version: str) -> Iterator[tuple[str, Call]]:
    """Yield (state, call) of the calls that are new, have changed, or were analysed by another version."""
    keys = db.execute(
        f"SELECT c.source, c.call_id, {CALL_STATE} AS state FROM calls c"
        " LEFT JOIN indexed i ON i.source = c.source AND i.call_id = c.call_id"
        " WHERE i.id IS NULL OR i.hash <> state OR i.analyser <> ?",
        [version],
    ).fetchall()
    for source, call_id, state in keys:
        data = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()[0]
        yield state, apply_corrections(db, decode_call(data))


def index_texts(db: Database, analyser: Analyser) -> int:
    """Analyse and index the pending calls, delete deleted calls from the index, and return how many calls were indexed.

    It may be killed and repeated. No call is analysed inside a transaction, so that other writers need not wait.
    """
    number = letters = 0
    batch: list[AnalysedCall] = []
    noted: set[str] = set()
    for state, call in pending_calls(db, analyser.version):
        batch.append(_analyse(analyser, state, call))
        letters += sum(map(len, batch[-1].texts))
        if len(batch) == _BATCH_CALLS or letters >= _BATCH_LETTERS:
            number += _write_batch(db, analyser.version, batch, noted)
            batch.clear()
            letters = 0
    number += _write_batch(db, analyser.version, batch, noted)
    _unindex_deleted(db)
    return number


def index_call(db: Database, analyser: Analyser, source: str, call_id: str) -> None:
    """Analyse and index one call now, as after a person's correction; without effect for an unknown call."""
    row = db.execute(
        f"SELECT {CALL_STATE}, c.data FROM calls c WHERE c.source = ? AND c.call_id = ?", [source, call_id]
    ).fetchone()
    if row is not None:
        analysed = _analyse(analyser, row[0], apply_corrections(db, decode_call(row[1])))
        _write_batch(db, analyser.version, [analysed], set())


def stored_zones(db: Database, source: str, call_id: str) -> dict[str, str] | None:
    """Return the lemma text of each zone as indexed; None for a call that is not indexed or has changed since."""
    row = db.execute(
        f"SELECT {', '.join(f't.{zone}' for zone in ZONES)} FROM indexed i JOIN texts t ON t.id = i.id"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id"
        f" WHERE i.source = ? AND i.call_id = ? AND i.hash = {CALL_STATE}",
        [source, call_id],
    ).fetchone()
    return dict(zip(ZONES, row, strict=True)) if row else None


def find_indexed_ids(db: Database, terms: Iterable[Term], zones: Iterable[str] = ZONES) -> set[int]:
    """Return the ids in `indexed` of the calls with one of the terms in one of the zones."""
    expression = " OR ".join(sorted({match_expression(term) for term in terms}))
    if not expression:
        return set()
    rows = db.execute("SELECT rowid FROM search WHERE search MATCH ?", [f"{{{' '.join(zones)}}} : ({expression})"])
    return {row[0] for row in rows}


def find_rows_of(db: Database, keys: Iterable[CallKey]) -> set[int]:
    """Return the ids in `indexed` of calls."""
    rows = db.execute(
        "SELECT i.id FROM json_each(?) wanted JOIN indexed i"
        " ON i.source = json_extract(wanted.value, '$[0]') AND i.call_id = json_extract(wanted.value, '$[1]')",
        [json.dumps(list(keys))],
    )
    return {row[0] for row in rows}


def has_term(db: Database, term: Term) -> bool:
    """Return True when an indexed call has the term."""
    return db.execute("SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", [match_expression(term)]).fetchone() is not None


def list_stale_ids(db: Database) -> set[int]:
    """Return the ids in `indexed` of the calls that have changed since they were indexed."""
    rows = db.execute(
        f"SELECT i.id FROM indexed i JOIN calls c ON c.source = i.source AND c.call_id = i.call_id WHERE i.hash <> {CALL_STATE}"
    )
    return {row[0] for row in rows}


def read_indexed_calls(db: Database, analyser: Analyser, ids: Iterable[int]) -> Iterator[tuple[Call, dict[str, str]]]:
    """Yield the calls with these ids in `indexed` and their lemma texts; changed calls are analysed again."""
    corrected = list_corrected_keys(db)
    rows = db.execute(
        f"SELECT c.source, c.call_id, c.data, i.hash = {CALL_STATE}, {', '.join(f't.{zone}' for zone in ZONES)}"
        " FROM json_each(?) wanted"
        " JOIN indexed i ON i.id = wanted.value JOIN texts t ON t.id = i.id"
        " JOIN calls c ON c.source = i.source AND c.call_id = i.call_id",
        [json.dumps(sorted(ids))],
    )
    for source, call_id, data, fresh, *texts in rows:
        call = apply_corrections(db, decode_call(data)) if (source, call_id) in corrected else decode_call(data)
        yield call, dict(zip(ZONES, texts, strict=True)) if fresh else zone_texts(analyser, call)


def index_text(lemma_text: str) -> str:
    """Return the text that FTS5 indexes for a lemma text (see `monitor.language.analyser`), "" for an empty one.

    After the stream of lemmas it has words with a prefix that tokens of texts cannot have, each for one kind of term: `<`
    a word as written, `>` a lemma reversed, `=` an exact form, `>=` an exact form reversed, `+` a joined compound. A term
    that begins with a star is then a prefix query on reversed words, as FTS5 has no suffix queries.
    """
    stream, _, entries = lemma_text.partition("\n")
    words = [word for word in stream.split() if word != "."]
    differing: set[int] = set()
    spans: set[tuple[int, int]] = set()
    joined: list[tuple[str, list[tuple[int, int]]]] = []
    extra: set[str] = set()
    for entry, places, base in read_entries(entries):
        extra.add(entry)
        if entry[0] == "<":
            if places.isdigit():  # fast path: most words occur once
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
    """Return the FTS5 expression that matches exactly the rows on whose lemma texts the term hits."""
    return f"({' OR '.join(match_phrases(term))})"


def match_phrases(term: Term) -> list[str]:
    """Return the FTS5 phrases of which one must be in a row for the term to hit on its lemma texts."""
    found: list[str] = []
    for variant in term.variants:
        piece = variant[0]
        if term.mode is MatchMode.WORDS:
            found.append(f'"{" ".join(variant)}"')
            found += [f'"+{piece}"'] if len(variant) == 1 else []
        elif term.mode is MatchMode.BEGINS:
            found.append(f'"<{piece}" *')
        elif term.mode is MatchMode.ENDS:
            found.append(f'">{piece[::-1]}" *')
        elif term.mode is MatchMode.EXACT:
            found.append(f'"={piece}"')
        elif term.mode is MatchMode.EXACT_BEGINS:
            found.append(f'"={piece}" *')
        else:
            found.append(f'">={piece[::-1]}" *')
    return found


class AnalysedCall(NamedTuple):
    """Analysed call, ready to be indexed."""

    key: CallKey
    state: str
    """State of the call when it was read (see `CALL_STATE`)."""
    texts: list[str]
    """Lemma text of each zone, in the order of ZONES."""
    indexed: list[str]
    """Text that FTS5 indexes, of each zone."""


def _analyse(analyser: Analyser, state: str, call: Call) -> AnalysedCall:
    zones = zone_texts(analyser, call)
    texts = [zones[zone] for zone in ZONES]
    return AnalysedCall(call.key, state, texts, [index_text(text) for text in texts])


def _write_batch(db: Database, version: str, batch: Sequence[AnalysedCall], noted: set[str]) -> int:
    """Write analysed calls in one transaction. Calls that changed since they were read are pending again."""
    with db.atomic():
        for key, state, texts, indexed in batch:
            row = _row_for(db, key, state, version)
            db.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?)", [row, *texts])
            db.execute(f"INSERT INTO search (rowid, {', '.join(ZONES)}) VALUES (?, ?, ?, ?, ?)", [row, *indexed])
            _note_words(db, indexed, noted)
    return len(batch)


def _row_for(db: Database, key: CallKey, state: str, version: str) -> int:
    """Return the id of a call in `indexed`, after deleting its earlier index entries."""
    existing = db.execute("SELECT id FROM indexed WHERE source = ? AND call_id = ?", key).fetchone()
    if existing is None:
        cursor = db.execute(
            "INSERT INTO indexed (source, call_id, hash, analyser) VALUES (?, ?, ?, ?)",
            [*key, state, version],
        )
        return int(cursor.lastrowid or 0)
    row = int(existing[0])
    _unindex(db, row)
    db.execute("UPDATE indexed SET hash = ?, analyser = ? WHERE id = ?", [state, version, row])
    return row


def _unindex(db: Database, row: int) -> None:
    """Delete the index entries of a call. A contentless table needs their text for that (https://sqlite.org/fts5.html, 4.4.3)."""
    texts = db.execute(f"SELECT {', '.join(ZONES)} FROM texts WHERE id = ?", [row]).fetchone()
    db.execute(
        f"INSERT INTO search (search, rowid, {', '.join(ZONES)}) VALUES ('delete', ?, ?, ?, ?, ?)",
        [row, *(index_text(text) for text in texts)],
    )
    db.execute("DELETE FROM texts WHERE id = ?", [row])


def _unindex_deleted(db: Database) -> None:
    """Delete calls from the index that are no longer in the archive: no run deletes a call, but a person may."""
    deleted = db.execute(
        "SELECT i.id FROM indexed i WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.source = i.source AND c.call_id = i.call_id)"
    ).fetchall()
    with db.atomic():
        for (row,) in deleted:
            _unindex(db, row)
            db.execute("DELETE FROM indexed WHERE id = ?", [row])


def _note_words(db: Database, indexed: Iterable[str], noted: set[str]) -> None:
    """Store the words as written, from which `query.suggest` corrects mistyped ones; `noted` are the words stored already."""
    words = {word for text in indexed for word in _AS_WRITTEN.findall(text)} - noted
    noted |= words
    db.executemany(
        "INSERT OR IGNORE INTO words (word) VALUES (?)", [(word,) for word in words if len(word) > 3 and word.isalpha()]
    )
