"""Lookup of a call by key, identifier, address or title, and all facts that the archive has about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypedDict, cast
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz, process, utils

from monitor.archive.connection import Database
from monitor.archive.left_out import LeftOut, list_left_out
from monitor.archive.numbers import find_by_number, find_by_short
from monitor.calls import CallKey
from monitor.errors import ArchiveError

_PERMALINK = re.compile(r"/utlysning/([^/?#]+)/([^/?#]+)")
_SHORT_ADDRESS = re.compile(r"(?:^|/)u/(?:(?P<number>[0-9]{1,11})|(?P<short>[0-9a-f]{12}))/?(?:[?#].*)?$")
_SUGGESTED_LIKENESS = 88
"""Least likeness of titles, of 100, that are suggested."""
_ACCEPTED_LIKENESS = 94
"""Least likeness of a title, of 100, that counts as the call that was meant, when it is the only one."""
_MAX_SUGGESTIONS = 6


class NamedCall(NamedTuple):
    """Key and title of a call."""

    source: str
    call_id: str
    title: str


def find_calls(db: Database, text: str) -> list[CallKey]:
    """Return the keys of the calls that `text` names exactly, open ones first; empty for none.

    `text` is `source/call_id`, a call_id, an identifier, the publisher's address, the archive's own address of the call, or
    its title; case, scheme, "www." and a closing slash are ignored. Several calls may share an identifier or a title.
    """
    text = " ".join(text.split())
    if not text:
        return []
    for where, values in _exact_conditions(db, text):
        keys = _select(db, where, values)
        if keys:
            return keys
    wanted, letters = _plain(text), _letters(text)
    # Taking a title apart as `_plain` does costs ten times as much as comparing its letters.
    same = [row for row in _titles(db) if _letters(row[2]) == letters and _plain(row[2]) == wanted]
    if not same:
        return []
    places = ", ".join("(?, ?)" for _ in same)
    return _select(db, f"(source, call_id) IN ({places})", [part for row in same for part in row[:2]])


def similar_calls(db: Database, text: str) -> list[NamedCall]:
    """Return at most six calls whose titles are like `text`, the most alike first."""
    titles, wanted = _titles(db), _plain(text)
    plain = [" ".join(utils.default_process(title.casefold()).split()) for _, _, title in titles]
    scores: dict[int, float] = {}
    for scorer in _scorers(wanted):
        for _, score, place in process.extract(wanted, plain, scorer=scorer, score_cutoff=_SUGGESTED_LIKENESS, limit=None):
            scores[place] = max(score, scores.get(place, 0.0))
    best = sorted(scores, key=lambda place: (-scores[place], place))
    return [NamedCall(*titles[place]) for place in best[:_MAX_SUGGESTIONS]]


def find_call(db: Database, text: str) -> CallKey:
    """Return the key of the only call that `text` names, by `find_calls` or by a title that is almost the same.

    Raises:
        ArchiveError: `text` names no call or several; the error lists the candidates.
    """
    keys = find_calls(db, text)
    if keys:
        return keys[0] if len(keys) == 1 else _preferred(db, text, keys)
    near = similar_calls(db, text)
    close = [named for named in near if fuzz.ratio(_plain(text), _plain(named.title)) >= _ACCEPTED_LIKENESS]
    if len(close) == 1:
        return CallKey(*close[0][:2])
    if near:
        raise ArchiveError(text, f"är ingen utlysning i arkivet. Menar du någon av dem här? {_listed(near)}")
    raise ArchiveError(text, "finns inte i arkivet")


def find_left_out_item(db: Database, text: str) -> LeftOut | None:
    """Return the left-out item that `text` names, in the same ways as a call in `find_calls`; None for none."""
    text = " ".join(text.split())
    variants, wanted = {*_addresses(text), text, "/".join(_permalink(text))}, _plain(text)
    for row in list_left_out(db):
        if row.taken_back is None and (
            not variants.isdisjoint((row.call_id, row.url, f"{row.source}/{row.call_id}")) or _plain(row.title) == wanted
        ):
            return row
    return None


def require_call(db: Database, source: str, call_id: str) -> None:
    """Raise ArchiveError for a call that is not in the archive."""
    if not db.execute("SELECT 1 FROM calls WHERE source = ? AND call_id = ?", [source, call_id]).fetchone():
        raise ArchiveError(f"{source}/{call_id}", "finns inte i arkivet")


def _preferred(db: Database, text: str, keys: list[CallKey]) -> CallKey:
    """Return the only lead of a story, or the only lead that is a call, among calls of one name; raise ArchiveError otherwise."""
    rows = [db.execute("SELECT story, kind FROM calls WHERE source = ? AND call_id = ?", key).fetchone() for key in keys]
    leads = [key for key, (story, _) in zip(keys, rows, strict=True) if not story]
    calls = [key for key, (story, kind) in zip(keys, rows, strict=True) if not story and kind == "call"]
    for narrowed in (leads, calls):
        if len(narrowed) == 1:
            return narrowed[0]
    titles = {(row[0], row[1]): NamedCall(*row) for row in _titles(db)}
    raise ArchiveError(text, f"är flera utlysningar: {_listed([titles[key] for key in keys[:_MAX_SUGGESTIONS]])}. Ange en av dem")


def _exact_conditions(db: Database, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the SQL conditions under which `text` names a call exactly, with their values, the most specific first."""
    source, _, call_id = text.partition("/")
    yield "source = ? AND call_id = ?", [source, call_id]
    yield "call_id = ?", [text]
    yield "identifier = ? COLLATE NOCASE", [text]
    if permalink := _permalink(text):
        yield "source = ? AND call_id = ?", list(permalink)
    if short := _short_key(db, text):
        yield "source = ? AND call_id = ?", list(short)
    if addresses := _addresses(text):
        places = ", ".join("?" for _ in addresses)
        yield f"url IN ({places}) OR call_id IN ({places})", [*addresses, *addresses]


def _permalink(text: str) -> tuple[str, str] | tuple[()]:
    """Return the source and the call_id of the archive's own address of a call (/utlysning/SOURCE/CALL), or nothing."""
    found = _PERMALINK.search(text)
    return (unquote(found[1]), unquote(found[2])) if found else ()


def _short_key(db: Database, text: str) -> CallKey | None:
    """Return the key of the call that the archive's short address (/u/NUMBER) names; None for another text."""
    found = _SHORT_ADDRESS.search(text)
    if found is None:
        return None
    return find_by_number(db, int(found["number"])) if found["number"] else find_by_short(db, found["short"])


def _addresses(text: str) -> list[str]:
    """Return the ways in which publishers and browsers write one address; empty for a text that is none."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = parts.netloc.removeprefix("www.")
    if not host or "." not in host or " " in text:
        return []
    path, query = parts.path.rstrip("/"), f"?{parts.query}" if parts.query else ""
    return [
        f"{scheme}://{www}{host}{path}{slash}{query}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("", "/")
    ]


def _plain(text: str) -> str:
    """Return a title without what people leave out or write otherwise: case, quotation marks, dashes and spaces."""
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def _letters(text: str) -> str:
    """Return the letters and digits of a title, the same for two titles that `_plain` makes the same."""
    return utils.default_process(text.casefold()).replace(" ", "")


def _scorers(wanted: str) -> tuple[Callable[..., float], ...]:
    """Return how alike a text and a title are, of 100: whole titles with slips, or some of a title's words in any order."""
    return (fuzz.ratio, fuzz.token_set_ratio) if len(wanted.split()) > 1 else (fuzz.ratio,)


def _titles(db: Database) -> list[tuple[str, str, str]]:
    """Return source, call_id and title of every call, open ones first, as plain tuples: making others of them takes longer."""
    return db.execute("SELECT source, call_id, title FROM calls ORDER BY status = 'closed', first_seen DESC").fetchall()


def _listed(named: list[NamedCall]) -> str:
    return "; ".join(f"{call.title} ({call.source}/{call.call_id})" for call in named)


def _select(db: Database, where: str, values: list[str]) -> list[CallKey]:
    rows = db.execute(
        f"SELECT source, call_id FROM calls WHERE {where} ORDER BY status = 'closed', story <> '', first_seen DESC", values
    ).fetchall()
    return [CallKey(source, call_id) for source, call_id in rows]


class DeadlineFact(TypedDict):
    """Row of `deadlines`."""

    at: str
    precision: str
    zone: str
    stage: int | None
    text: str


class VersionFact(TypedDict):
    """Row of `versions` without its data."""

    id: int
    at: str
    run: int


class EventFact(TypedDict):
    """Row of `events`."""

    at: str
    type: str
    old: str | None
    new: str | None


class MatchFact(TypedDict):
    """Row of `matches` with its themes decoded."""

    department: str
    level: str
    relevance: float
    fit: float
    themes: Any
    rule_version: str


class ToldRow(TypedDict):
    """Row of `digest_items`: fact that a department was told, and when."""

    department: str
    digest: str
    section: str
    fact: str
    at: str


class CorrectionFact(TypedDict):
    """Row of `corrections`; `value` is JSON."""

    field: str
    value: str
    who: str
    at: str


class StoryMember(TypedDict):
    """Other record of the call's story."""

    source: str
    call_id: str
    title: str
    url: str


class CallFacts(TypedDict):
    """Columns of `calls` but for its data and hashes, with rows of other tables. Times as stored."""

    source: str
    call_id: str
    number: int | None
    identifier: str
    parent: str
    kind: str
    status: str
    title: str
    summary: str
    body: str
    conditions: str
    url: str
    programme: str
    language: str
    opens: str | None
    next_deadline: str | None
    last_deadline: str | None
    deadline_model: str
    budget_total: int | None
    budget_project: int | None
    funder_share: int | None
    own_share: int | None
    currency: str
    published: str | None
    first_seen: str
    last_seen: str
    last_changed: str
    baseline: int
    missed: int
    vanished_at: str | None
    closed_at: str | None
    story: str
    deadlines: list[DeadlineFact]
    versions: list[VersionFact]
    events: list[EventFact]
    matches: list[MatchFact]
    told: list[ToldRow]
    corrections: list[CorrectionFact]
    stories: list[StoryMember]


def call_facts(db: Database, key: CallKey) -> CallFacts:
    """Return all that the archive has about a call, as one JSON document: the answer of `monitor show --json`.

    It has the columns of `calls` and lists of its deadlines, versions, events, matches, told facts, corrections and stories.
    """
    row = next(db.query("SELECT * FROM calls WHERE source = ? AND call_id = ?", key))
    if row["raw_hash"] and not (row["missed"] or row["vanished_at"] or row["closed_at"]):
        # A call that was read again unchanged is not written: it was last seen at its source's last accepted run.
        seen = db.execute("SELECT last_accepted FROM sources WHERE id = ?", [row["source"]]).fetchone()
        row["last_seen"] = max(row["last_seen"], seen[0] or "") if seen else row["last_seen"]
    del row["data"], row["hash"], row["raw_hash"]
    matches = db.query_as(
        MatchFact,
        "SELECT department, level, relevance, fit, themes, rule_version FROM matches"
        " WHERE source = ? AND call_id = ? ORDER BY relevance DESC",
        key,
    )
    for match in matches:
        match["themes"] = json.loads(match["themes"])
    facts = {
        **row,
        "deadlines": db.query_as(
            DeadlineFact,
            "SELECT at, precision, zone, stage, text FROM deadlines WHERE source = ? AND call_id = ? ORDER BY number",
            key,
        ),
        "versions": db.query_as(
            VersionFact, "SELECT id, at, run FROM versions WHERE source = ? AND call_id = ? ORDER BY id", key
        ),
        "events": db.query_as(
            EventFact, "SELECT at, type, old, new FROM events WHERE source = ? AND call_id = ? ORDER BY id", key
        ),
        "matches": matches,
        "told": db.query_as(
            ToldRow,
            "SELECT department, digest, section, fact, told AS at FROM digest_items"
            " WHERE source = ? AND call_id = ? ORDER BY told, department",
            key,
        ),
        "corrections": db.query_as(
            CorrectionFact, "SELECT field, value, who, at FROM corrections WHERE source = ? AND call_id = ?", key
        ),
        "stories": db.query_as(
            StoryMember,
            "SELECT source, call_id, title, url FROM calls WHERE story <> '' AND story = ?"
            " UNION ALL SELECT source, call_id, title, url FROM calls WHERE source = ? AND call_id = ?",
            ("/".join(key), row["story"].partition("/")[0], row["story"].partition("/")[2]),
        ),
    }
    return cast("CallFacts", facts)
