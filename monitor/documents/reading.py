"""Reading of a file as pages of text: recognise its format, refuse what it may not hold, read it. Runs in a child process."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.documents.model import (
    LIMITS,
    DocumentPage,
    FileNote,
    ReadDocument,
    ReadLimits,
    UnreadableDocumentError,
)

_HEAD = 1024
"""Bytes in which a PDF has its mark (ISO 32000-1, annex H.3, note 13)."""
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""Compound file (MS-CFB 2.2): an Office file from before 2007, or an encrypted one."""
_MAX_PARTS = 5_000
_MAX_RATIO = 400
"""Times that an Office file may grow when unpacked, from one megabyte on; texts grow ten to thirty times."""
_ALWAYS_ALLOWED = 1_000_000
_CHUNK = 1 << 16
# A DTD is what entity bombs and XXE need, and no Office file may have one (ECMA-376-2, 8.1.4).
_DTD = re.compile(
    b"|".join(
        re.escape(f"<!{word}".encode(encoding))
        for word in ("DOCTYPE", "doctype", "ENTITY", "entity")
        for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037")
    )
)
"""The mark of a DTD in the encodings that an XML parser knows by their first bytes (XML 1.0, appendix F)."""
_OVERLAP = 64
MEDIA = ("word/media/", "xl/media/")
"""Folders of pictures, which nobody reads as XML; those of SVG may have a DTD."""
_DAY = r"(?:\d{1,2}\s+[A-Za-zåäö]{3,9}\s+20\d\d|\d{1,2}\.\d{1,2}\.20\d\d|20\d\d-\d\d-\d\d)"
# "Version 1.1 15 September 2022", and the running header of the Commission's guides: "V5.0 – 01.02.2024".
_VERSION = re.compile(
    rf"\bversion\s+\d{{1,2}}(?:\.\d{{1,2}}){{0,2}}(?:[\s,–-]{{0,5}}{_DAY})?|\bV\d{{1,2}}\.\d{{1,2}}\s?[–-]\s?{_DAY}",
    re.IGNORECASE,
)
_VERSION_PAGES = 3
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\uffff]")
_MAX_TITLE, _MAX_WORDS, _TITLE_LINES = 300, 120, 3

Gather = Callable[[Path, "PageCollector"], ReadDocument]


class PageCollector:
    """Pages read so far, within the limits of one reading."""

    def __init__(self, limits: ReadLimits) -> None:
        self.limits = limits
        self.pages: list[DocumentPage] = []
        self.notes: set[FileNote] = set()
        self._letters = 0

    def add(self, number: int, label: str, text: str) -> bool:
        """Keep a page, cut where it is too long; return False when no more is to be read."""
        if len(self.pages) >= self.limits.pages:
            self.notes.add(FileNote.MORE_PAGES)
            return False
        kept = clean_text(text[: self.limits.page_letters])
        if len(text) > self.limits.page_letters or self._letters + len(kept) > self.limits.letters:
            self.notes.add(FileNote.CUT)
            kept = kept[: max(0, self.limits.letters - self._letters)]
        self._letters += len(kept)
        self.pages.append(DocumentPage(number, " ".join(clean_text(label).split())[:_MAX_TITLE], kept))
        return self._letters < self.limits.letters


def read_file(path: str, limits: ReadLimits = LIMITS) -> ReadDocument:
    """Return the text of a PDF, Word or Excel file. Nothing in it is run, and nothing that it points to is fetched.

    Raises:
        UnreadableDocumentError: The file has another format, is encrypted, broken or hostile.
        OSError: The file cannot be opened.
    """
    file = Path(path)
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
    pages = PageCollector(limits)
    if b"%PDF-" in head:
        from monitor.documents.pdf import read_pdf

        return read_pdf(file, pages)
    if head.startswith(b"PK\x03\x04"):
        return _read_package(file, pages)
    if head.startswith(_OLD_OFFICE):
        raise UnreadableDocumentError(
            "är skyddad med lösenord eller i ett Office-format från före 2007; spara den som docx, xlsx eller PDF"
        )
    if re.match(rb"\s*<(?:!doctype html|html|head)", head, re.IGNORECASE):
        raise UnreadableDocumentError("är en webbsida, inget dokument")
    raise UnreadableDocumentError("är varken PDF, Word eller Excel" if head else "är tom")


def _read_package(path: Path, pages: PageCollector) -> ReadDocument:
    """Return the text of an Office file, whose parts are looked through first."""
    # zipfile raises all of these for damaged files: an unknown compression, a missing password, a cut or senseless header.
    try:
        with zipfile.ZipFile(path) as package:
            names = {info.filename for info in package.infolist()}
            _check_package(package, path.stat().st_size, pages)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise UnreadableDocumentError("är trasig: den går inte att packa upp") from error
    if "word/document.xml" in names:
        from monitor.documents.word import read_word

        return read_word(path, pages)
    if "xl/workbook.xml" in names:
        from monitor.documents.excel import read_excel

        return read_excel(path, pages)
    raise UnreadableDocumentError("är en packad fil som varken är Word eller Excel")


def _check_package(package: zipfile.ZipFile, size: int, pages: PageCollector) -> None:
    """Refuse an Office file that grows too much or has a DTD, and note macros and what it points to.

    Sizes are those that the file states; the library reads no more of a part than that.
    """
    parts = package.infolist()
    if len(parts) > _MAX_PARTS:
        raise UnreadableDocumentError(f"har {len(parts)} delar, fler än de {_MAX_PARTS} som läses")
    if len({part.filename for part in parts}) != len(parts):
        raise UnreadableDocumentError("är trasig: två delar har samma namn")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > pages.limits.unpacked or unpacked > max(_ALWAYS_ALLOWED, _MAX_RATIO * size):
        raise UnreadableDocumentError(f"är {unpacked // 1_000_000} MB uppackad, mer än som läses")
    for part in parts:
        name = part.filename.casefold()
        if name.endswith("vbaproject.bin"):
            pages.notes.add(FileNote.MACROS)
        # Parts of every other name: relations and types, and no names, decide which of them are read as XML.
        if not name.startswith(MEDIA):
            for chunk in _chunks(package, part):
                if _DTD.search(chunk):
                    raise UnreadableDocumentError("har en DTD, som Office-filer inte får ha, och läses inte")
                if name.endswith(".rels") and _points_out(chunk):
                    pages.notes.add(FileNote.EXTERNAL)


def _points_out(chunk: bytes) -> bool:
    """Return whether relations point to other files. Ordinary links to web pages, which people click on, do not count."""
    relations = re.findall(rb"<Relationship\b[^>]*>", chunk)
    return any(b'"External"' in one and b"/hyperlink" not in one for one in relations)


def _chunks(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part piece by piece; each piece begins with the end of the one before."""
    before = b""
    with package.open(part) as opened:
        while piece := opened.read(_CHUNK):
            yield before + piece
            before = (before + piece)[-_OVERLAP:]


def clean_text(text: str) -> str:
    r"""Return text without control characters, with \n as line break and without blanks at the ends of lines."""
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n").encode("utf-8", "replace").decode()


def find_version(pages: list[DocumentPage]) -> str:
    """Return the version line of a document, from its first pages, on one line; "" where there is none."""
    for page in pages[:_VERSION_PAGES]:
        found = _VERSION.search(page.text)
        if found:
            return " ".join(found[0].split())
    return ""


def first_words(pages: list[DocumentPage]) -> str:
    """Return the first three lines that a document has as its title, on one line, at most 120 characters."""
    text = next((page.text for page in pages if page.text), "")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return " ".join(" ".join(lines[:_TITLE_LINES]).split())[:_MAX_WORDS].strip()
