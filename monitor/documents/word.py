"""Word documents (docx, docm) section by section, with python-docx. Pages exist only when Word has laid the text out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.documents.model import FileFormat, ReadDocument, UnreadableDocumentError
from monitor.documents.reading import PageCollector, find_version, first_words

_HEADING = re.compile(r"(?:heading|rubrik)\s*([12])$|^(?:title|rubrik|titel)$", re.IGNORECASE)
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
        if part.content_type not in (_MACROS, CONTENT_TYPE.WML_DOCUMENT_MAIN):
            raise UnreadableDocumentError("är trasig: huvuddelen är inget Word-dokument")
        return part.document
    except (KeyError, ValueError, AttributeError, XMLSyntaxError, OSError) as error:
        raise UnreadableDocumentError("är trasig: den går inte att öppna i Word-format") from error


def _blocks(document: Any) -> Iterator[tuple[bool, str]]:
    """Yield the paragraphs and rows of tables that have text, in order, each with whether it is a heading."""
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block._tbl.tr_lst:
                # By the elements: the library's own cells look each one up among all the others.
                cells = [" ".join("".join(map(str, cell.itertext("{*}t", "{*}tab", "{*}br"))).split()) for cell in row.tc_lst]
                if any(cells):
                    yield False, " | ".join(cells)
        elif block.text.strip():
            yield _HEADING.search(_style(block)) is not None, block.text


def _style(paragraph: Any) -> str:
    try:
        return str(paragraph.style.name or "")
    except (KeyError, AttributeError):
        return ""
