"""PDF page by page, with pypdfium2 (https://pypdfium2.readthedocs.io), whose engine is built without JavaScript and forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.documents.model import FileFormat, FileNote, ReadDocument, UnreadableDocumentError
from monitor.documents.reading import PageCollector, find_version, first_words

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_PASSWORD_ERROR, _SECURITY_ERROR = 4, 5
"""FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY (https://pdfium.googlesource.com/pdfium/+/main/public/fpdfview.h)."""
_FEW_LETTERS = 16
"""Letters up to which a page with a picture counts as scanned: scanners print their name or a number on it."""
_HYPHEN = "\ufffe"
"""Character that pdfium gives for a hyphen at the end of a line, in a word that goes on."""


def read_pdf(path: Path, pages: PageCollector) -> ReadDocument:
    """Return the text of a PDF.

    Raises:
        UnreadableDocumentError: It is encrypted or broken, or has no pages.
    """
    with _opened(path) as document:
        total, scanned, covers, whole = len(document), 0, 0, 0
        for number in range(1, total + 1):
            if number > pages.limits.pages:
                pages.notes.add(FileNote.MORE_PAGES)
                break
            text, is_scan = _read_page(document, number, pages)
            whole += text is not None
            scanned += is_scan
            covers += is_scan and number == 1
            if not pages.add(number, "", text or ""):
                break
        title = str(document.get_metadata_dict().get("Title", "")) if total else ""
    if not whole:
        raise UnreadableDocumentError("är trasig: den har inga sidor som går att läsa")
    # A first page that is a picture is a cover.
    if scanned > covers or scanned == len(pages.pages):
        pages.notes.add(FileNote.SCANNED if 2 * scanned > len(pages.pages) else FileNote.PARTLY_SCANNED)
    return ReadDocument(
        format=FileFormat.PDF,
        pages=tuple(pages.pages),
        total=total,
        title=" ".join(title.split())[:300] or first_words(pages.pages),
        version=find_version(pages.pages),
        notes=tuple(sorted(pages.notes)),
    )


@contextmanager
def _opened(path: Path) -> Iterator[PdfDocument]:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(path)
    except PdfiumError as error:
        if error.err_code in (_PASSWORD_ERROR, _SECURITY_ERROR):
            raise UnreadableDocumentError("är skyddad med lösenord") from error
        raise UnreadableDocumentError("är trasig: den går inte att öppna som PDF") from error
    with closing(document):
        yield document


def _read_page(document: PdfDocument, number: int, pages: PageCollector) -> tuple[str | None, bool]:
    """Return the text of a page, None for a broken one, which is noted; and whether the page is a picture."""
    from pypdfium2 import PdfiumError

    try:
        with closing(document[number - 1]) as page, closing(page.get_textpage()) as words:
            text = _joined(words.get_text_range(0, min(words.count_chars(), pages.limits.page_letters + 1)))
            return text, sum(map(str.isalpha, text)) <= _FEW_LETTERS and _has_picture(page)
    except PdfiumError:
        pages.notes.add(FileNote.BROKEN_PAGES)
        return None, False


def _joined(text: str) -> str:
    """Return text with the words that a line divides put together, hyphen kept: most are words such as "non-EU"."""
    return text.replace(f"{_HYPHEN}\r\n", "-").replace(f"{_HYPHEN}\n", "-").replace(_HYPHEN, "-") if _HYPHEN in text else text


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    found: Any = page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=2)
    return next(iter(found), None) is not None
