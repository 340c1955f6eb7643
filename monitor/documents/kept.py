"""Documents that the archive keeps, as the sources of a call's facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.archive.call_documents import LinkedDocument, PageHit, documents_of, read_pages, read_statements_of
from monitor.archive.connection import Database
from monitor.archive.search.query import marked
from monitor.calls import Call, CallKey
from monitor.documents.facts import CallFact, DocumentSource, gather_facts
from monitor.documents.links import DocumentRole
from monitor.documents.model import FileFormat, page_address, place_words
from monitor.documents.statements import FactName, PageStatement
from monitor.language.call_reading import CallReading


def facts_of(db: Database, call: Call, reading: CallReading | None) -> tuple[CallFact, ...]:
    """Return the facts of a call from its data, its own documents and its text."""
    return gather_facts(call, reading, _sources(db, call.key))


def _sources(db: Database, key: CallKey) -> Iterator[DocumentSource]:
    """Yield the call's own documents. Guides, forms and whole programmes speak of many calls and are no evidence for one."""
    seen: set[str] = set()
    for row in documents_of(db, key):
        if row["role"] == DocumentRole.CALL and row["hash"] and row["format"] and row["hash"] not in seen:
            seen.add(row["hash"])
            yield DocumentSource(
                hash=row["hash"],
                title=row["title"] or title_of(row),
                version=row["version"] or "",
                format=FileFormat(row["format"]),
                labels={page["number"]: page["label"] for page in read_pages(db, row["hash"]) if page["label"]},
                statements=decode_statements(read_statements_of(db, row["hash"])),
            )


def title_of(row: LinkedDocument) -> str:
    """Return the name of a document for people: its own title, the words of the link, or the name of the file."""
    return row["title"] or row["link"] or row["url"].rpartition("/")[2]


def page_hit_json(hit: PageHit) -> dict[str, Any]:
    """Return a page that a search found as commands answer it; the words found stand in brackets."""
    file_format = FileFormat(hit.format)
    return {
        "document": hit.document,
        "title": hit.title,
        "number": hit.number,
        "place": place_words(file_format, hit.number, hit.label),
        "snippet": "".join(f"[{text}]" if found else text for found, text in marked(hit.snippet)),
        "calls": [key._asdict() for key in hit.calls],
        "url": page_address(hit.url, file_format, hit.number),
    }


def encode_statements(statements: Iterable[PageStatement]) -> str:
    """Return statements as JSON, as the archive stores them."""
    rows = [
        {
            "name": one.name.value, "value": one.value, "quote": one.quote, "page": one.page, "topics": one.topics,
            "shared": one.shared,
        }
        for one in statements
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False)


def decode_statements(text: str) -> tuple[PageStatement, ...]:
    """Return the statements from their JSON; facts that another version knew are left out."""
    rows: list[dict[str, Any]] = json.loads(text)
    names = set(FactName)
    return tuple(
        PageStatement(
            FactName(row["name"]), row["value"], row["quote"], row["page"], tuple(row.get("topics", ())), row.get("shared", False)
        )
        for row in rows
        if row["name"] in names
    )
