"""Full-text index of the projects' titles and summaries, on the lemmas that search and rules use as well.

Texts that several projects share (a grant stands in the lists of several publishers, and in every import of one) are analysed
and stored once. A text is never deleted from the index alone: one that no project has any longer is not found, and when such
texts are more than the others the index is made anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from monitor.archive.connection import Database
from monitor.language.analyser import Analyser

TABLES = """
    CREATE TABLE texts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE);
    CREATE TABLE texts_analyser (version TEXT NOT NULL);
    CREATE VIRTUAL TABLE text_words USING fts5 (
        lemmas, content = '', columnsize = 0, detail = none, tokenize = 'unicode61 remove_diacritics 0'
    );
    ALTER TABLE projects ADD COLUMN text INTEGER;
    CREATE INDEX projects_by_text ON projects (text) WHERE text IS NOT NULL;
"""
"""Script that makes the tables: which words a text has, without their places, is all that is asked of them."""
COUNT_TABLES = "CREATE TABLE text_counts (word TEXT PRIMARY KEY, texts INTEGER NOT NULL) WITHOUT ROWID"
"""Script that makes the table of the number of texts of each lemma: counting them in the index took a fifth of a call's page."""
_BATCH = 500
_RAREST = 2
"""Words of a term that are looked up: a text that has them is read before it is said to have the term."""
_TEXTS_PER_ANALYSER = 1_000
"""Texts after which a new analyser takes over: one remembers every line, of which an import has few twice.

With 4,000 an import of 100,000 projects takes a hundred megabytes more, and an eighth less time.
"""


def has_texts(db: Database) -> bool:
    """Return False for a file of an older version, which has no index, or no counts of it, until the next import."""
    made = db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('text_words', 'text_counts')").fetchone()[0] == 2
    return made and bool(db.execute("SELECT EXISTS (SELECT 1 FROM text_counts)").fetchone()[0])


def index_texts(db: Database) -> int:
    """Index the texts of the projects that have none in the index, and return their number; in the caller's transaction.

    An index by another version of the analyser, or one with many texts that no project has, is made anew.
    """
    if not db.execute("SELECT EXISTS (SELECT 1 FROM projects)").fetchone()[0]:
        return 0
    analyser = Analyser()
    if db.execute("SELECT version FROM texts_analyser").fetchone() != (analyser.version,) or _is_mostly_unused(db):
        db.execute("INSERT INTO text_words (text_words) VALUES ('delete-all')")
        db.execute("DELETE FROM texts")
        db.execute("UPDATE projects SET text = NULL WHERE text IS NOT NULL")
        db.execute("DELETE FROM texts_analyser")
        db.execute("INSERT INTO texts_analyser (version) VALUES (?)", [analyser.version])
    last = number = analysed = 0
    while rows := _projects_without_text(db, last):
        for project, title, summary in rows:
            text, is_new = _text_id(db, title, summary)
            if is_new:
                analysed += 1
                if analysed % _TEXTS_PER_ANALYSER == 0:
                    analyser = Analyser()
                words = sorted(words_of(project_lemmas(analyser, title, summary)))
                db.execute("INSERT INTO text_words (rowid, lemmas) VALUES (?, ?)", [text, " ".join(words)])
            db.execute("UPDATE projects SET text = ? WHERE id = ?", [text, project])
        last, number = rows[-1][0], number + len(rows)
    _count_words(db)
    return number


def _count_words(db: Database) -> None:
    """Store the number of texts of each lemma, with those that no project has any longer."""
    db.execute("CREATE VIRTUAL TABLE temp.text_vocabulary USING fts5vocab('main', 'text_words', 'row')")
    db.execute("DELETE FROM text_counts")
    db.execute("INSERT INTO text_counts (word, texts) SELECT term, doc FROM temp.text_vocabulary")
    db.execute("DROP TABLE temp.text_vocabulary")


def project_lemmas(analyser: Analyser, title: str, summary: str) -> str:
    """Return the lemma text of a project (`monitor.language.analyser`)."""
    return analyser.lemma_text(f"{title}.\n{summary}")


def words_of(lemma_text: str) -> set[str]:
    """Return the lemmas of a lemma text."""
    words = set(lemma_text.partition("\n")[0].split())
    words.discard(".")
    return words


def count_words(db: Database, words: Collection[str]) -> dict[str, int]:
    """Return the number of texts of each of the lemmas that some text has."""
    found = db.execute(f"SELECT word, texts FROM text_counts WHERE word IN ({', '.join('?' * len(words))})", sorted(words))
    return dict(found.fetchall())


def narrow(alternatives: Iterable[Sequence[str]], counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Return the sequences that a text may have, by their rarest words alone: a small word of a term costs most to look up.

    Args:
        alternatives: Sequences of lemmas.
        counts: Number of texts of each lemma that some text has.
    """
    possible = {sequence: set(sequence) for sequence in map(tuple, alternatives) if all(word in counts for word in sequence)}
    rarest = (sorted(words, key=lambda word: (counts[word], word))[:_RAREST] for words in possible.values())
    return sorted(set(map(tuple, rarest)))


def find_texts(db: Database, alternatives: Iterable[Sequence[str]]) -> list[int]:
    """Return the texts that have all words of one of the alternatives, sequences of lemmas whose order does not matter."""
    rows = db.execute("SELECT rowid FROM text_words WHERE text_words MATCH ?", [_expression(alternatives)]).fetchall()
    return [row[0] for row in rows]


def count_texts(db: Database, alternatives: Collection[Sequence[str]], counts: Mapping[str, int], most: int) -> int:
    """Return the largest number of texts that `find_texts` can return; `most` + 1 for all numbers that are larger than `most`.

    The counts of the single words tell it; the index is asked only where they leave open whether it is too large.
    """
    bound = sum(min(counts[word] for word in sequence) for sequence in alternatives)
    if bound <= most or any(counts[sequence[0]] > most for sequence in alternatives if len(sequence) == 1):
        return min(bound, most + 1)
    row = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM text_words WHERE text_words MATCH ? LIMIT ?)", [_expression(alternatives), most + 1]
    ).fetchone()
    return int(row[0])


def _expression(alternatives: Iterable[Sequence[str]]) -> str:
    return " OR ".join(sorted({f"({' AND '.join(map(_quoted, words))})" for words in alternatives}))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _projects_without_text(db: Database, after: int) -> list[tuple[int, str, str]]:
    return db.execute(
        "SELECT id, title, summary FROM projects WHERE text IS NULL AND NOT is_sum AND id > ? ORDER BY id LIMIT ?",
        [after, _BATCH],
    ).fetchall()


def _text_id(db: Database, title: str, summary: str) -> tuple[int, bool]:
    """Return the id of a text, and whether it is new."""
    key = blake2b(f"{title}\n{summary}".encode(), digest_size=12).digest()
    if found := db.execute("SELECT id FROM texts WHERE hash = ?", [key]).fetchone():
        return found[0], False
    added = db.execute("INSERT INTO texts (hash) VALUES (?)", [key]).lastrowid
    assert added is not None
    return added, True


def _is_mostly_unused(db: Database) -> bool:
    all_texts = db.execute("SELECT count(*) FROM texts").fetchone()[0]
    used = db.execute("SELECT count(DISTINCT text) FROM projects WHERE text IS NOT NULL").fetchone()[0]
    return bool(all_texts > 2 * used + _BATCH)
