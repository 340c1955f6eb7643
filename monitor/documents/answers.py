"""Answers of the own documents of calls to "may a municipality apply", for the cards that are stored with matches."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache

from monitor.archive.call_documents import read_statements_of
from monitor.archive.connection import Database
from monitor.archive.document_terms import list_own_documents
from monitor.calls import Call, CallKey
from monitor.documents.facts import statements_of
from monitor.documents.kept import decode_statements
from monitor.documents.statements import FactName, PageStatement

_KEPT_DOCUMENTS = 256


class DocumentAnswers:
    """Statements of the own documents of every call about municipalities, each document decoded once."""

    def __init__(self, db: Database) -> None:
        """Read nothing yet."""
        self._db = db
        self._statements = lru_cache(_KEPT_DOCUMENTS)(self._decode)

    def of(self, call: Call) -> list[PageStatement]:
        """Return the statements that are of the call, in the order of its documents and their pages."""
        return [said for digest in self._by_call.get(call.key, ()) for said in statements_of(call, self._statements(digest))]

    @cached_property
    def _by_call(self) -> dict[CallKey, list[str]]:
        found: defaultdict[CallKey, list[str]] = defaultdict(list)
        for document in list_own_documents(self._db):
            if document.hash not in found[document.key]:
                found[document.key].append(document.hash)
        return found

    def _decode(self, digest: str) -> tuple[PageStatement, ...]:
        return tuple(
            said for said in decode_statements(read_statements_of(self._db, digest)) if said.name is FactName.MUNICIPALITY
        )
