"""Values of a read document: its pages as text, and what was noticed about the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class UnreadableDocumentError(Exception):
    """Document that cannot be read; `str()` is the reason, in Swedish without subject and full stop ("är skyddad ...")."""


class FileFormat(StrEnum):
    """Format of a file, by its content and never by its name."""

    PDF = "pdf"
    WORD = "docx"
    EXCEL = "xlsx"


class FileNote(StrEnum):
    """Circumstances that a reader of the text must know of."""

    SCANNED = "scanned"
    PARTLY_SCANNED = "partly_scanned"
    MORE_PAGES = "more_pages"
    CUT = "cut"
    MACROS = "macros"
    EXTERNAL = "external"
    BROKEN_PAGES = "broken_pages"


NOTE_LABELS: Mapping[FileNote, str] = {
    FileNote.SCANNED: "Inskannad: bilder utan text, som inte går att läsa eller söka i",
    FileNote.PARTLY_SCANNED: "En del sidor är inskannade bilder utan text",
    FileNote.MORE_PAGES: "Filen har fler sidor än som läses",
    FileNote.CUT: "Texten är så lång att slutet inte är läst",
    FileNote.MACROS: "Filen har makron; de körs aldrig",
    FileNote.EXTERNAL: "Filen pekar på andra filer; de hämtas inte",
    FileNote.BROKEN_PAGES: "Några sidor är trasiga och saknas",
}


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Page of a PDF, section of a Word document under one heading, or sheet of a workbook."""

    number: int
    """From 1, in the order of the file; of a PDF the number of the page in the file."""
    label: str
    """Heading of the section or name of the sheet; empty for a page of a PDF."""
    text: str
    """Plain text with line breaks; a row of a table is a line with " | " between its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """Document as text."""

    format: FileFormat
    pages: tuple[DocumentPage, ...]
    total: int
    """Number of pages that the file has, also those that were not read."""
    title: str = ""
    version: str = ""
    """Version line of the document, as written: "Version 1.1, 15 September 2022"; empty where there is none."""
    notes: tuple[FileNote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """Limits of one reading."""

    pages: int = 1_500
    """Pages, sections or sheets that are read."""
    letters: int = 6_000_000
    """Characters of text that are kept in all."""
    page_letters: int = 200_000
    """Characters of text that are kept of one page."""
    unpacked: int = 100_000_000
    """Bytes of an Office file when unpacked."""


LIMITS = ReadLimits()
LARGEST_FILE = 40_000_000
"""Bytes of the largest file that is read. Call documents have 0.2 to 2 MB, work programmes up to 10."""
SECONDS = 60
"""Seconds that the reading of one file may take."""


def place_words(file_format: FileFormat, number: int, label: str) -> str:
    """Return where a page is, in Swedish: "sida 14", "avsnittet Vem kan söka", "bladet Budget"."""
    if file_format is FileFormat.PDF:
        return f"sida {number}"
    kind = "avsnittet" if file_format is FileFormat.WORD else "bladet"
    return f"{kind} {label}" if label else f"del {number}"


def page_address(url: str, file_format: FileFormat, number: int) -> str:
    """Return the address of a page at the publisher: browsers open a PDF at `#page=` (RFC 8118, section 3).

    Empty for a file that has no address on the web.
    """
    if not url.startswith(("http://", "https://")):
        return ""
    return f"{url}#page={number}" if file_format is FileFormat.PDF else url
