"""Lookup of a call by key, identifier, address or title, and all facts that the archive has about it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
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
_DIGITS_OF_A_NAME, _SIGNS_OF_A_NAME = 4, 2
"""Digits, or signs beside a digit, that words do not have and identifiers do: covid-19 is a word."""
_MOST_TITLES = 5_000
"""Titles that a word may have for its titles to be compared with a text."""


class NamedCall(NamedTuple):
    """Key and title of a call."""

    source: str
    call_id: str
    title: str


class TitleIndex:
    """Titles of all calls, ready to be compared with a text: making it takes longer than many lookups.

    A text is compared word by word with the titles that have one of its words. Words of more than 5,000 titles lead to none,
    unless the text has no other word that some title has.
    """

    def __init__(self, db: Database) -> None:
        """Read the titles."""
        # Open ones first, as plain tuples: making others of them takes longer.
        self._rows: list[tuple[str, str, str]] = db.execute(
            "SELECT source, call_id, title FROM calls ORDER BY status = 'closed', first_seen DESC"
        ).fetchall()
        self._plain = [" ".join(utils.default_process(row[2].casefold()).split()) for row in self._rows]

    @cached_property
    def _places_by_letters(self) -> Mapping[str, Sequence[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, plain in enumerate(self._plain):
            places[plain.replace(" ", "")].append(place)
        return places

    @cached_property
    def _places_by_word(self) -> Mapping[str, Sequence[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, plain in enumerate(self._plain):
            for word in set(plain.split()):
                places[word].append(place)
        return places

    def same(self, text: str) -> list[tuple[str, str]]:
        """Return source and call_id of the calls with this title, but for case, punctuation and spaces between words."""
        wanted = _plain(text)
        found = (self._rows[place] for place in self._places_by_letters.get(_letters(text), ()))
        return [row[:2] for row in found if _plain(row[2]) == wanted]

    def similar(self, text: str) -> list[NamedCall]:
        """Return at most six calls whose titles are like `text`, the most alike first."""
        wanted = _plain(text)
        alike = process.extract(wanted, self._plain, scorer=fuzz.ratio, score_cutoff=_SUGGESTED_LIKENESS, limit=None)
        scores = {place: score for _, score, place in alike}
        for place in self._with_a_word(wanted) if len(wanted.split()) > 1 else ():
            score = fuzz.token_set_ratio(wanted, self._plain[place], score_cutoff=_SUGGESTED_LIKENESS)
            if score > scores.get(place, 0.0):
                scores[place] = score
        best = sorted(scores, key=lambda place: (-scores[place], place))
        return [NamedCall(*self._rows[place]) for place in best[:_MAX_SUGGESTIONS]]

    def _with_a_word(self, wanted: str) -> Collection[int]:
        """Return the places of the titles that have one of the rarer words of a text."""
        found = sorted((self._places_by_word[word] for word in set(wanted.split()) if word in self._places_by_word), key=len)
        rarer = [places for places in found if len(places) <= _MOST_TITLES] or found[:1]
        return set().union(*rarer)

    def titles_of(self, keys: Sequence[CallKey]) -> list[NamedCall]:
        """Return the calls with these keys and their titles, in the order of the keys."""
        wanted = frozenset(keys)
        found = {key: NamedCall(*row) for row in self._rows if (key := CallKey(row[0], row[1])) in wanted}
        return [found[key] for key in keys if key in found]


ReadTitles = Callable[[], TitleIndex]
"""Function that returns the titles, so that a text that needs none reads none."""


def find_calls(db: Database, text: str, titles: ReadTitles | None = None) -> list[CallKey]:
    """Return the keys of the calls that `text` names exactly, open ones first; empty for none.

    `text` is `source/call_id`, a call_id, an identifier, the publisher's address, the archive's own address of the call, or
    its title; case, scheme, "www." and a closing slash are ignored. Several calls may share an identifier or a title.

    Args:
        db: Archive.
        text: Name of a call, as a person writes or pastes it.
        titles: Returns titles of the archive that were read before; None to read them when they are needed.
    """
    text = " ".join(text.split())
    if not text:
        return []
    for where, values in _exact_conditions(db, text):
        keys = _select(db, where, values)
        if keys:
            return keys
    same = (titles() if titles else TitleIndex(db)).same(text)
    if not same:
        return []
    places = ", ".join("(?, ?)" for _ in same)
    return _select(db, f"(source, call_id) IN ({places})", [part for key in same for part in key])


def similar_calls(db: Database, text: str, titles: ReadTitles | None = None) -> list[NamedCall]:
    """Return at most six calls whose titles are like `text`, the most alike first; `titles` as in `find_calls`."""
    return (titles() if titles else TitleIndex(db)).similar(text)


def find_call(db: Database, text: str, titles: ReadTitles | None = None) -> CallKey:
    """Return the key of the only call that `text` names, by `find_calls` or by a title that is almost the same.

    Args:
        db: Archive.
        text: Name of a call, as a person writes or pastes it.
        titles: As in `find_calls`.

    Raises:
        ArchiveError: `text` names no call or several; the error lists the candidates.
    """
    keys = find_calls(db, text, titles)
    if keys:
        return keys[0] if len(keys) == 1 else _preferred(db, text, keys, titles)
    near = similar_calls(db, text, titles)
    close = [named for named in near if fuzz.ratio(_plain(text), _plain(named.title)) >= _ACCEPTED_LIKENESS]
    if len(close) == 1:
        return CallKey(*close[0][:2])
    if near:
        raise ArchiveError(text, f"är ingen utlysning i arkivet. Menar du någon av dem här? {_listed(near)}")
    raise ArchiveError(text, "finns inte i arkivet")


def is_name(text: str) -> bool:
    """Return whether a text can only be an address, an identifier or a key of a call, and not words about it.

    Such a text is one word without small letters, or with a slash, or with many digits, or it is an address.
    """
    if len(text.split()) != 1:
        return False
    digits, signs = sum(char.isdigit() for char in text), sum(not char.isalnum() for char in text)
    many = digits >= _DIGITS_OF_A_NAME or (digits and signs >= _SIGNS_OF_A_NAME)
    return bool(_addresses(text) or "/" in text or many or not any(char.islower() for char in text))


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


def _preferred(db: Database, text: str, keys: list[CallKey], titles: ReadTitles | None) -> CallKey:
    """Return the only lead of a story, or the only lead that is a call, among calls of one name; raise ArchiveError otherwise."""
    rows = [db.execute("SELECT story, kind FROM calls WHERE source = ? AND call_id = ?", key).fetchone() for key in keys]
    leads = [key for key, (story, _) in zip(keys, rows, strict=True) if not story]
    calls = [key for key, (story, kind) in zip(keys, rows, strict=True) if not story and kind == "call"]
    for narrowed in (leads, calls):
        if len(narrowed) == 1:
            return narrowed[0]
    named = (titles() if titles else TitleIndex(db)).titles_of(keys[:_MAX_SUGGESTIONS])
    raise ArchiveError(text, f"är flera utlysningar: {_listed(named)}. Ange en av dem")


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
