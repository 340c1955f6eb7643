"""Job `documents`: link calls to their documents, fetch or take in the files, read them, and tell what a new version changes."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from monitor.archive import Archive, lock
from monitor.archive.call_documents import (
    PLACED,
    PROGRAMMES,
    StoredDocument,
    StoredPage,
    add_fact_change,
    add_link,
    calls_of_address,
    documents_of,
    is_stored,
    list_due_addresses,
    list_due_programmes,
    list_open_calls,
    list_outdated,
    note_address,
    read_page,
    read_pages,
    read_statements_of,
    read_stored_document,
    reindex_pages,
    set_address,
    set_links,
    store_document,
    update_statements,
)
from monitor.archive.calls import load_call
from monitor.archive.codec import stamp
from monitor.archive.connection import Database
from monitor.archive.lookup import find_calls
from monitor.calls import CallKey
from monitor.config import Config
from monitor.documents.child import read_document, run_limited
from monitor.documents.facts import changed_facts, statements_of
from monitor.documents.kept import decode_statements, encode_statements, title_of
from monitor.documents.links import FETCHED_ROLES, DocumentRole, role_of, sort_links
from monitor.documents.model import LARGEST_FILE, DocumentPage, FileFormat, ReadDocument, UnreadableDocumentError, place_words
from monitor.documents.statements import PageStatement, read_statements, statements_version
from monitor.errors import SourceError, describe_os_error
from monitor.files import PARTIAL_SUFFIX
from monitor.jobs.members import refuse_member
from monitor.language.analyser import analyser
from monitor.language.detect import count_votes, decide, votes_of

logger = logging.getLogger(__name__)

_LONGEST_FETCH_SECONDS = 180
"""Seconds for one file, in which the largest that is read comes at 2 Mbit/s. The files behind it wait."""
FOLDER = "documents"
"""Folder in the data folder with one folder per call, into which a person places files."""
PROGRAMMES_FOLDER = PROGRAMMES.call_id
"""Folder in it into which a person places work programmes."""
_FETCHED = ".fetched"
"""Folder in it with the files that the program has fetched, by address."""
MOST_FILES = 60
"""Addresses that one run asks."""
_AGAIN_AFTER = timedelta(days=6, hours=12)
"""Age from which an address is asked again: once a week."""
_LANGUAGE_WORDS = 3_000
_AFTER_LINKS = 1_000
"""Position of a placed file among the documents of its call: after those that the publisher links to."""

Fetch = Callable[[str, Path], bool]
"""Fetch of an address into a file, which returns whether the file is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """Outcome for one address of one run."""

    url: str
    state: str
    """"read", "unchanged", "unreadable" or "refused" (the publisher did not give it)."""
    reason: str = ""
    document: str = ""
    """Hash of the document; empty for none."""
    pages: int = 0
    changes: int = 0
    """Facts that the new version changes."""


def update_documents(
    config: Config,
    archive: Archive,
    now: datetime,
    *,
    calls: Sequence[CallKey] = (),
    every: bool = False,
    unmatched: bool = False,
) -> list[DocumentState]:
    """Link the calls that can be applied for to their documents, take in placed files, and fetch what is due.

    Args:
        config: Settings of the installation that reads the sources.
        archive: Its archive.
        now: Time of the run.
        calls: Calls whose documents are fetched now, whenever they were asked last; empty for all that are due.
        every: Fetch also for calls that no department is matched with, and guides, forms and agreements.
        unmatched: Fetch also for calls that no department is matched with: a theme counts the words of their documents.

    Raises:
        ConfigError: The installation is a member.
        LockedError: Another run is at work.
    """
    refuse_member(config, "läsningen av utlysningarnas dokument")
    db = archive.db
    with lock(config.data_dir, "documents"):
        set_links(db, PROGRAMMES, [(url, "", DocumentRole.PROGRAMME.value) for url in config.documents.programmes])
        link_calls(db, calls or list_open_calls(db))
        refresh_statements(db)
        reindex_pages(db, analyser())
        states = list(_take_placed(config, db, now))
        roles = tuple(DocumentRole) if every else FETCHED_ROLES
        if calls:
            wanted = [row["url"] for key in calls for row in documents_of(db, key) if row["role"] in roles]
            due = [url for url in dict.fromkeys(wanted) if not url.startswith(PLACED)]
        else:
            due = list_due_programmes(db, now - _AGAIN_AFTER)
            due += list_due_addresses(db, roles, now - _AGAIN_AFTER, matched=not (every or unmatched))
        return states + list(_fetch_all(config, db, due[:MOST_FILES], now))


def link_calls(db: Database, keys: Iterable[CallKey]) -> None:
    """Store which documents calls link to."""
    for key in keys:
        call = load_call(db, *key)
        if call is not None:
            found = sort_links((*call.attachments, *call.links)).documents
            set_links(db, key, [(document.url, document.title, document.role.value) for document in found])


def refresh_statements(db: Database) -> int:
    """Read the statements of documents that another version of the program has read, and return the number of documents."""
    reader = statements_version()
    outdated = list_outdated(db, reader)
    for digest in outdated:
        document = read_stored_document(db, digest)
        pages = tuple(DocumentPage(**page) for page in read_pages(db, digest))
        update_statements(db, digest, encode_statements(_statements(pages, document["language"] if document else "")), reader)
    return len(outdated)


def import_files(config: Config, archive: Archive, key: CallKey, files: Sequence[Path], now: datetime) -> list[DocumentState]:
    """Take in files as a call's own documents, or as PROGRAMMES; they are read from where they are and not moved.

    Raises:
        ConfigError: The installation is a member.
        LockedError: Another run is at work.
    """
    refuse_member(config, "läsningen av utlysningarnas dokument")
    with lock(config.data_dir, "documents"):
        return [_take_file(archive.db, key, file, file.name, now) for file in files]


def _take_placed(config: Config, db: Database, now: datetime) -> Iterator[DocumentState]:
    """Yield the outcome for each new file in the folders of calls; a folder has the name of a call's identifier or key."""
    root = config.data_dir / FOLDER
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name != _FETCHED) if root.is_dir() else []
    for folder in folders:
        keys = [PROGRAMMES] if folder.name == PROGRAMMES_FOLDER else find_calls(db, folder.name)
        files = sorted(path for path in folder.iterdir() if path.is_file() and _is_whole(path))
        for file in files:
            if not keys:
                reason = f"mappen {folder.name} heter inte som någon utlysning; döp den till beteckningen"
                yield DocumentState(url=f"{PLACED}{folder.name}/{file.name}", state="refused", reason=reason)
                continue
            yield _take_file(db, keys[0], file, f"{folder.name}/{file.name}", now)


def _is_whole(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix != PARTIAL_SUFFIX


def _take_file(db: Database, key: CallKey, file: Path, name: str, now: datetime) -> DocumentState:
    url = f"{PLACED}{name}"
    role = role_of(url, file.stem) if key != PROGRAMMES else DocumentRole.PROGRAMME
    # A person who places a file with a call does so because it is about the call.
    add_link(db, key, url, file.stem, (DocumentRole.CALL if role is DocumentRole.OTHER else role).value, _AFTER_LINKS)
    return _take(db, url, file, now)


def _fetch_all(config: Config, db: Database, urls: Sequence[str], now: datetime) -> Iterator[DocumentState]:
    from monitor.collect.file_fetch import FetchLimits, fetch_file

    folder = config.data_dir / FOLDER / _FETCHED
    folder.mkdir(parents=True, exist_ok=True)
    limits = replace(FetchLimits.of(config), largest=LARGEST_FILE, longest=_LONGEST_FETCH_SECONDS)
    asked: dict[str, float] = {}
    for url in urls:
        host = urlsplit(url).hostname or ""
        # Each file has a client of its own, so the pause between two requests to one host is kept here.
        rest = config.network.delay - (time.monotonic() - asked.get(host, float("-inf")))
        if rest > 0:
            time.sleep(rest)
        target = folder / hashlib.sha256(url.encode()).hexdigest()[:32]
        try:
            is_new = fetch_file(url, target, limits)
        except (SourceError, OSError) as error:
            reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
            note_address(db, url, reason, now)
            yield DocumentState(url=url, state="refused", reason=reason)
            continue
        finally:
            asked[host] = time.monotonic()
        if is_new:
            yield _take(db, url, target, now)
        else:
            note_address(db, url, "", now)
            yield DocumentState(url=url, state="unchanged")


def _take(db: Database, url: str, file: Path, now: datetime) -> DocumentState:
    """Read a file into the archive unless its content is there, and tell what it changes for the calls of its address."""
    try:
        digest = _hash(file)
        if not is_stored(db, digest):
            _store(db, digest, file, url, now)
    except OSError as error:
        return DocumentState(url=url, state="refused", reason=f"filen går inte att läsa: {describe_os_error(error)}")
    before = set_address(db, url, digest, now)
    document = read_stored_document(db, digest)
    problem = document["problem"] if document else ""
    if problem:
        return DocumentState(url=url, state="unreadable", reason=f"filen {problem}", document=digest)
    if before == digest:
        return DocumentState(url=url, state="unchanged", document=digest)
    changes = _tell_changes(db, url, before, digest, now) if before else 0
    return DocumentState(url=url, state="read", document=digest, pages=document["pages"] if document else 0, changes=changes)


def _store(db: Database, digest: str, file: Path, url: str, now: datetime) -> None:
    name = unquote(urlsplit(url).path).rpartition("/")[2] or url
    read: ReadDocument | None = None
    statements: Sequence[PageStatement] = ()
    problem = language = ""
    try:
        read = read_document(file)
        language = _language(read.pages)
        statements = _statements(read.pages, language)
    except UnreadableDocumentError as error:
        problem = str(error)
        logger.warning("document_unreadable name=%s reason=%s", name, error)
    row = StoredDocument(
        hash=digest,
        name=name,
        format=read.format.value if read else "",
        size=file.stat().st_size,
        pages=read.total if read else 0,
        title=read.title if read else "",
        version=read.version if read else "",
        language=language,
        notes=[note.value for note in read.notes] if read else [],
        problem=problem,
        read_at=stamp(now),
    )
    pages = [StoredPage(number=page.number, label=page.label, text=page.text) for page in (read.pages if read else ())]
    store_document(db, row, pages, encode_statements(statements), statements_version(), analyser())


def _statements(pages: Sequence[DocumentPage], language: str) -> tuple[PageStatement, ...]:
    """Return the statements of pages, read in a child process; none when they take too long: the text is still of use."""
    try:
        return run_limited(read_statements, tuple(pages), language)
    except UnreadableDocumentError as error:
        logger.warning("statements_unread reason=%s", error)
        return ()


def _language(pages: Sequence[DocumentPage]) -> str:
    words: list[str] = []
    for page in pages:
        words += page.text.casefold().split()
        if len(words) > _LANGUAGE_WORDS:
            break
    return decide(count_votes(votes_of(word) for word in words[:_LANGUAGE_WORDS]))


def _tell_changes(db: Database, url: str, before: str, digest: str, now: datetime) -> int:
    """Store an event for each fact that a new version changes, for each call whose own document it is."""
    old, new = (decode_statements(read_statements_of(db, one)) for one in (before, digest))
    told = 0
    for key in calls_of_address(db, url):
        own = next((row for row in documents_of(db, key) if row["url"] == url and row["role"] == DocumentRole.CALL), None)
        call = load_call(db, *key)
        if own is None or call is None:
            continue
        changes = changed_facts(statements_of(call, old), statements_of(call, new))
        told = max(told, len(changes))
        for change in changes:
            known = {"fact": change.name.value, "values": change.old, "document": before}
            fresh = {
                "fact": change.name.value, "values": change.new, "document": digest, "url": url,
                "title": title_of(own), "place": _place(db, digest, change.page),
            }  # fmt: skip
            old_side, new_side = (json.dumps(side, ensure_ascii=False) for side in (known, fresh))
            add_fact_change(db, key, old_side, new_side, now)
    return told


def _place(db: Database, digest: str, number: int) -> str:
    document, page = read_stored_document(db, digest), read_page(db, digest, number)
    return place_words(FileFormat(document["format"]), number, page["label"]) if document and page else ""


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:32]
