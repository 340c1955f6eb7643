"""The lemma texts of the calls and the full-text index on them: made after a crawl, kept right, read by search and by the rules.

`texts` holds the lemma text of each zone (see `monitor.language.analyser`); `search` is an FTS5 index without content of its own. Its rows
hold, for each zone, the lemmas in order, and once each what a term may ask besides: `<word` as written, `>` the lemma backwards (a star in
front of a word is a search for a beginning there), `+` a word written in pieces, `=` capitals and `>=` those backwards. A change of
`index_text` needs a migration that makes the index anew; a change of the analyser only needs its version raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlite_utils import Database

from monitor.archive.codec import decode_call
from monitor.archive.corrections import corrected
from monitor.calls import ZONES, Call, call_zones
from monitor.language.analyser import Analyser, read_entries
from monitor.language.terms import Ask, Term

_BATCH = 200
# A correction changes what a call says without changing its hash.
_STATE = (
    "c.hash || COALESCE((SELECT ' ' || count(*) || ' ' || max(k.at) FROM corrections k"
    " WHERE k.source = c.source AND k.call_id = c.call_id), '')"
)


def zone_texts(analyser: Analyser, call: Call) -> dict[str, str]:
    """The lemma text of each zone of a call."""
    return {zone: analyser.lemma_text(text, around=call.language) for zone, text in call_zones(call).items()}


def pending_calls(db: Database, version: str) -> Iterator[tuple[str, Call]]:
    """Calls that are new, have changed, or were analysed by another version, each with the state to note for it."""
    keys = db.execute(
        f"SELECT c.source, c.call_id, {_STATE} AS state FROM calls c LEFT JOIN texts t ON t.source = c.source AND t.call_id = c.call_id"
        " WHERE t.id IS NULL OR t.hash <> state OR t.analyser <> ?",
        [version],
    ).fetchall()
    for source, call_id, state in keys:
        data = db.execute("SELECT data FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone()[0]
        yield state, corrected(db, decode_call(data))


def index_texts(db: Database, analyser: Analyser) -> int:
    """Analyse and index every call that needs it, and forget calls that are gone; says how many were indexed. Safe to stop and repeat."""
    number = 0
    batch: list[tuple[str, Call]] = []
    for entry in pending_calls(db, analyser.version):
        batch.append(entry)
        if len(batch) == _BATCH:
            number += _index_batch(db, analyser, batch)
            batch.clear()
    number += _index_batch(db, analyser, batch)
    _forget_gone(db)
    return number


def stored_zones(db: Database, source: str, call_id: str) -> dict[str, str] | None:
    """The lemma text of each zone as indexed; None for a call that is not, or whose words have changed since."""
    row = db.execute(
        f"SELECT {', '.join(f't.{zone}' for zone in ZONES)} FROM texts t JOIN calls c ON c.source = t.source AND c.call_id = t.call_id"
        f" WHERE t.source = ? AND t.call_id = ? AND t.hash = {_STATE}",
        [source, call_id],
    ).fetchone()
    return dict(zip(ZONES, row, strict=True)) if row else None


def touched_calls(db: Database, analyser: Analyser, terms: Iterable[Term]) -> Iterator[tuple[Call, dict[str, str]]]:
    """Every call that at least one of the terms finds, with its lemma texts; those whose words changed since are analysed anew."""
    asked = " OR ".join(sorted({match_expression(term) for term in terms}))
    if not asked:
        return
    touched = {tuple(row) for row in db.execute("SELECT DISTINCT source, call_id FROM corrections")}
    rows = db.execute(
        f"SELECT c.source, c.call_id, c.data, t.hash = {_STATE}, {', '.join(f't.{zone}' for zone in ZONES)} FROM search"
        " JOIN texts t ON t.id = search.rowid JOIN calls c ON c.source = t.source AND c.call_id = t.call_id WHERE search MATCH ?",
        [asked],
    )
    for source, call_id, data, fresh, *texts in rows:
        call = corrected(db, decode_call(data)) if (source, call_id) in touched else decode_call(data)
        yield call, dict(zip(ZONES, texts, strict=True)) if fresh else zone_texts(analyser, call)


def index_text(lemma_text: str) -> str:
    """What the full-text index holds of a lemma text."""
    stream, _, entries = lemma_text.partition("\n")
    written: set[tuple[int, int]] = set()
    joined: list[tuple[str, list[tuple[int, int]]]] = []
    extra: set[str] = set()
    for entry, places in read_entries(entries):
        extra.add(entry)
        if entry[0] == "<":
            written.update(places)
        elif entry[0] == "+":
            joined.append((entry[1:], places))
        else:
            extra.add(f">={entry[:0:-1]}")
    lemmas = set(stream.split())
    words = (word for word in stream.split() if word != ".")
    extra.update(f"<{word}" for number, word in enumerate(words) if (number, number) not in written)
    extra.update(f"<{word}" for word, places in joined if not written.issuperset(places))
    lemmas.update(word for word, _ in joined)
    lemmas.discard(".")
    extra.update(f">{word[::-1]}" for word in lemmas)
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


def _index_batch(db: Database, analyser: Analyser, batch: Iterable[tuple[str, Call]]) -> int:
    number = 0
    with db.atomic():
        for state, call in batch:
            zones = zone_texts(analyser, call)
            values: list[Any] = [zones[zone] for zone in ZONES]
            old = db.execute(
                f"SELECT id, {', '.join(ZONES)} FROM texts WHERE source = ? AND call_id = ?", [call.source, call.call_id]
            ).fetchone()
            if old is None:
                cursor = db.execute(
                    f"INSERT INTO texts (source, call_id, hash, analyser, {', '.join(ZONES)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [call.source, call.call_id, state, analyser.version, *values],
                )
                row = int(cursor.lastrowid or 0)
            else:
                row = int(old[0])
                _unindex(db, row, old[1:])
                db.execute(
                    f"UPDATE texts SET hash = ?, analyser = ?, {', '.join(f'{zone} = ?' for zone in ZONES)} WHERE id = ?",
                    [state, analyser.version, *values, row],
                )
            indexed = [index_text(text) for text in values]
            db.execute(f"INSERT INTO search (rowid, {', '.join(ZONES)}) VALUES (?, ?, ?, ?, ?)", [row, *indexed])
            _note_words(db, indexed)
            number += 1
    return number


def _unindex(db: Database, row: int, texts: Iterable[str]) -> None:
    db.execute(
        f"INSERT INTO search (search, rowid, {', '.join(ZONES)}) VALUES ('delete', ?, ?, ?, ?, ?)",
        [row, *(index_text(text) for text in texts)],
    )


def _forget_gone(db: Database) -> None:
    """Drop the texts of calls that are in the archive no longer (a test, a person's own clean-up: no run deletes)."""
    gone = db.execute(
        f"SELECT t.id, {', '.join(f't.{zone}' for zone in ZONES)} FROM texts t"
        " WHERE NOT EXISTS (SELECT 1 FROM calls c WHERE c.source = t.source AND c.call_id = t.call_id)"
    ).fetchall()
    with db.atomic():
        for row, *texts in gone:
            _unindex(db, row, texts)
            db.execute("DELETE FROM texts WHERE id = ?", [row])


def _note_words(db: Database, indexed: Iterable[str]) -> None:
    """Remember the words as written, from which a mistyped one is mended."""
    words = {
        entry[1:] for text in indexed for entry in text.split() if entry[0] == "<" and len(entry) > 4 and entry[1:].isalpha()
    }
    db.conn.executemany("INSERT OR IGNORE INTO words (word) VALUES (?)", [(word,) for word in words])
