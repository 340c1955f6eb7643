"""The index of documents' pages is made anew when another version of the analyser has made it; a kill in between loses nothing."""

import pytest

from monitor.archive import call_documents, open_archive
from monitor.archive.call_documents import reindex_pages, search_pages
from monitor.calls import CallKey
from monitor.language.analyser import analyser
from tests.documents import kept
from tests.documents.kept import add_text

KEY = CallKey("portal", "A")
HASHES = ("aa" * 16, "bb" * 16)


class Earlier:
    """Analyser of an earlier version, to which a word's inflections are words of their own."""

    version = "earlier"

    def lemma_text(self, text, around=None):
        return text.casefold()


@pytest.fixture
def db(tmp_path, monkeypatch):
    """Return an archive with two documents that the earlier version has indexed."""
    with open_archive(tmp_path / "archive.db") as archive:
        with monkeypatch.context() as patch:
            patch.setattr(kept, "analyser", Earlier)
            for number, digest in enumerate(HASHES):
                add_text(archive.db, KEY, digest, f"https://example.org/{number}.pdf", ["Contents", "Towns meet."])
        yield archive.db


def found(db, query="town"):
    return [(hit.document, hit.number) for hit in search_pages(db, query, analyser())]


def test_pages_are_found_by_the_present_version(db):
    assert found(db) == []
    assert reindex_pages(db, analyser()) == 2
    assert found(db) == [(digest, 2) for digest in HASHES]
    assert reindex_pages(db, analyser()) == 0
    assert found(db, "contents") == [(digest, 1) for digest in HASHES], "each page once"


def test_a_kill_between_two_documents_loses_none_and_doubles_none(db, monkeypatch):
    whole = call_documents.lemma_text_of_page
    read = []

    def dying(used, text, language):
        read.append(text)
        if len(read) == 4:
            raise KeyboardInterrupt
        return whole(used, text, language)

    with monkeypatch.context() as patch:
        patch.setattr(call_documents, "lemma_text_of_page", dying)
        with pytest.raises(KeyboardInterrupt):
            reindex_pages(db, analyser())
    assert found(db) == [(HASHES[0], 2)]
    assert reindex_pages(db, analyser()) == 1
    assert found(db) == [(digest, 2) for digest in HASHES]


def test_documents_of_an_archive_that_did_not_note_the_version_are_indexed_anew(db):
    db.execute("DELETE FROM page_index")
    assert reindex_pages(db, analyser()) == 2
    assert found(db) == [(digest, 2) for digest in HASHES]


def test_a_document_that_comes_later_leaves_the_others(db):
    reindex_pages(db, analyser())
    add_text(db, KEY, "cc" * 16, "https://example.org/3.pdf", ["A town."])
    assert reindex_pages(db, analyser()) == 0
    assert len(found(db)) == 3
