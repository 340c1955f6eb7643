"""Word documents (docx, docm) section by section, with python-docx. Pages exist only when Word has laid the text out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.documents.model import FileFormat, ReadDocument, UnreadableDocumentError
from monitor.documents.reading import MEDIA, PageCollector, find_version, first_words

_HEADING = re.compile(r"(?:heading|rubrik)\s*([12])$|^(?:title|rubrik|titel)$", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _TABLE, _ROW, _CELL, _TEXT = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "t"))
_AROUND = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
"""Elements around paragraphs, rows and cells that have no text of their own."""
_SIGNS = {
    f"{_W}{name}": sign for name, sign in (("tab", "\t"), ("br", "\n"), ("cr", "\n"), ("ptab", "\t"), ("noBreakHyphen", "-"))
}
_LEFT_OUT = frozenset(f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tcPr", "txbxContent"))
"""Elements whose words are deleted, settings, or boxes of text that Word keeps twice."""
_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def read_word(path: Path, pages: PageCollector) -> ReadDocument:
    """Return the text of a Word document, a new section at each heading of the first two levels.

    Raises:
        UnreadableDocumentError: It is broken.
    """
    document = _open(path)
    lines: list[str] = []
    label, number = "", 0
    goes_on = True
    for heading, text in _blocks(document):
        if heading and (lines or label):
            number += 1
            goes_on = pages.add(number, label, "\n".join(lines))
            lines = []
        if not goes_on:
            break
        label = text if heading else label
        lines.append(text)
    if goes_on and lines:
        pages.add(number + 1, label, "\n".join(lines))
    title = str(document.core_properties.title or "")
    return ReadDocument(
        format=FileFormat.WORD,
        pages=tuple(pages.pages),
        total=len(pages.pages),
        title=" ".join(title.split())[:300] or first_words(pages.pages),
        version=find_version(pages.pages),
        notes=tuple(sorted(pages.notes)),
    )


def _open(path: Path) -> Any:
    from docx.opc.constants import CONTENT_TYPE
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart
    from lxml.etree import XMLSyntaxError

    # python-docx refuses documents with macros, which it would only have to leave alone.
    PartFactory.part_type_for.setdefault(_MACROS, DocumentPart)
    try:
        part: Any = Package.open(str(path)).main_document_part
        among_pictures = part.partname.lstrip("/").casefold().startswith(MEDIA)
        if among_pictures or part.content_type not in (_MACROS, CONTENT_TYPE.WML_DOCUMENT_MAIN):
            raise UnreadableDocumentError("är trasig: huvuddelen är inget Word-dokument")
        return part.document
    except (KeyError, ValueError, AttributeError, XMLSyntaxError, OSError) as error:
        raise UnreadableDocumentError("är trasig: den går inte att öppna i Word-format") from error


def _blocks(document: Any) -> Iterator[tuple[bool, str]]:
    """Yield the paragraphs and rows of tables that have text, in order, each with whether it is a heading."""
    from docx.text.paragraph import Paragraph

    body = document._body
    for block in _elements(body._element):
        if block.tag == _TABLE:
            for row in _parts(block, _ROW):
                # By the elements: the library's own cells look each one up among all the others.
                cells = [" ".join(_text(cell).split()) for cell in _parts(row, _CELL)]
                if any(cells):
                    yield False, " | ".join(cells)
        elif (text := _text(block)).strip():
            yield _HEADING.search(_style(Paragraph(block, body))) is not None, text


def _elements(parent: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables of a body in order, also those inside content controls and tracked insertions."""
    waiting = [iter(parent)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag in _AROUND:
            waiting.append(iter(child))


def _parts(parent: Any, tag: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, also those inside content controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND:
            yield from _parts(child, tag)


def _text(parent: Any) -> str:
    """Return the words of an element as they read with all tracked changes taken in: insertions are text, deletions are not."""
    pieces: list[str] = []
    waiting = [iter(parent)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
            continue
        if child.tag == _TEXT:
            pieces.append(child.text or "")
        elif child.tag in _SIGNS:
            pieces.append(_SIGNS[child.tag])
        elif child.tag not in _LEFT_OUT:
            if child.tag == _PARAGRAPH and pieces:
                pieces.append("\n")
            waiting.append(iter(child))
    return "".join(pieces)


def _style(paragraph: Any) -> str:
    try:
        return str(paragraph.style.name or "")
    except (KeyError, AttributeError):
        return ""
