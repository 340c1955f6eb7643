"""A call's document put into an archive without a child process, for tests of pages and answers."""

from datetime import UTC, datetime

from monitor.archive.call_documents import StoredDocument, StoredPage, add_link, set_address, store_document
from monitor.archive.codec import stamp
from monitor.documents.kept import encode_statements
from monitor.documents.model import DocumentPage
from monitor.documents.reading import read_file
from monitor.documents.statements import read_statements, statements_version
from monitor.language.analyser import analyser
from tests.documents.fiche import fiche
from tests.documents.files import write

URL = "https://ec.europa.eu/docs/2021-2027/cerv/wp-call/2026/call-fiche_test_en.pdf"
FORM = "https://ec.europa.eu/docs/2021-2027/cerv/temp-form/af/af_cerv_en.docx"
HASH = "ab" * 16


def add_fiche(db, key, folder, body=None):
    """Store the made call document for a call, with a form that has not been fetched."""
    read = read_file(str(write(folder, "fiche.pdf", body or fiche(extra=("<script>alert('page')</script>",)))))
    now = datetime(2026, 5, 1, tzinfo=UTC)
    row = StoredDocument(
        hash=HASH, name="fiche.pdf", format=read.format.value, size=1000, pages=read.total, title=read.title, version=read.version,
        language="en", notes=["partly_scanned"], problem="", read_at=stamp(now),
    )  # fmt: skip
    pages = [StoredPage(number=page.number, label=page.label, text=page.text) for page in read.pages]
    store_document(db, row, pages, encode_statements(read_statements(read.pages, "en")), statements_version(), analyser())
    add_link(db, key, URL, "call document", "call", 0)
    add_link(db, key, FORM, "Application form", "form", 1)
    set_address(db, URL, HASH, now)


def add_text(db, key, digest, url, texts, role="call"):
    """Store a document of these pages for a call, as if it had been read."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    row = StoredDocument(
        hash=digest, name=url.rpartition("/")[2], format="pdf", size=1000, pages=len(texts), title="", version="",
        language="en", notes=[], problem="", read_at=stamp(now),
    )  # fmt: skip
    pages = [StoredPage(number=number, label="", text=text) for number, text in enumerate(texts, start=1)]
    read = tuple(DocumentPage(page["number"], "", page["text"]) for page in pages)
    store_document(db, row, pages, encode_statements(read_statements(read, "en")), statements_version(), analyser())
    add_link(db, key, url, url.rpartition("/")[2], role, 0)
    set_address(db, url, digest, now)
