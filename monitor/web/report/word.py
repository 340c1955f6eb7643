"""The follow-up as a Word document (docx): its text on A4 in portrait, its tables on A4 in landscape."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips

from monitor.web.report.tables import DIMENSIONS, FIGURES, NAMES
from monitor.web.report.text import (
    FUNDED_COLUMNS,
    FUNDED_HEADING,
    PROJECT_COLUMNS,
    Paragraph,
    ReportWords,
    figure_cell,
    funded_cells,
    has_comparison,
    project_cells,
)

_A4_MM = (210, 297)
_MARGIN_MM = 18
_TABLE_POINTS = 8.5
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
_NAME_SHARE = 0.26
"""Part of a table's width that its first column takes."""


def as_word(document: Mapping[str, Any], paragraphs: Sequence[Paragraph], title: str, words: ReportWords) -> bytes:
    """Return the report as the bytes of a docx file."""
    made = Document()
    made.core_properties.title = title
    made.core_properties.author = ""
    made.core_properties.comments = ""
    set_language(made, words.language)
    lay(made.sections[0], landscape=False)
    made.add_heading(title, 0)
    for paragraph in paragraphs:
        if paragraph.heading:
            made.add_heading(paragraph.heading, 1)
        made.add_paragraph(paragraph.text)
    made.add_heading(words.say("Siffrorna"), 1)
    _add_totals(made, document, words)
    lay(made.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    for name, heading in (("projects", "Projekt under tiden"), ("running", "Projekt sedan tidigare")):
        if document[name]:
            made.add_heading(words.say(heading), 1)
            cells = [project_cells(project, words) for project in document[name]]
            add_table(made, [words.say(column) for column in PROJECT_COLUMNS], cells, numbers=(5, 7, 8))
    if document["funded"]:
        made.add_heading(words.say(FUNDED_HEADING), 1)
        rows = [funded_cells(group, words) for group in document["funded"]]
        add_table(made, [words.say(column) for column in FUNDED_COLUMNS], rows, numbers=(2,))
    for dimension, heading in DIMENSIONS.items():
        if document[dimension]:
            made.add_heading(words.say(heading), 1)
            _add_figures(made, heading, document, dimension, words)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def set_language(made: Any, language: str) -> None:
    """Set the language of all text, "sv" or "en", by which Word checks the spelling."""
    code = _LANGUAGES[language]
    made.core_properties.language = code
    properties = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    node = properties.find(qn("w:lang"))
    if node is None:
        node = OxmlElement("w:lang")
        properties.append(node)
    for name in ("w:val", "w:eastAsia"):
        node.set(qn(name), code)


def lay(section: Any, *, landscape: bool) -> None:
    """Set the paper of a section: A4, with its margins."""
    short, long = (Mm(side) for side in _A4_MM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)


def _add_totals(made: Any, document: Mapping[str, Any], words: ReportWords) -> None:
    compared = has_comparison(document)
    columns = ["", f"{document['from']} – {document['to']}"]
    columns += [f"{document['previous']['from']} – {document['previous']['to']}"] if compared else []
    rows = []
    for figure in FIGURES:
        cells = [words.say(NAMES[figure]), words.wording.number(document["total"][figure])]
        rows.append([*cells, words.wording.number(document["previous"]["total"][figure])] if compared else cells)
    add_table(made, columns, rows, numbers=(1, 2), name_share=0.4)


def _add_figures(made: Any, heading: str, document: Mapping[str, Any], dimension: str, words: ReportWords) -> None:
    rows = [[row["name"], *(figure_cell(row, figure, document, words) for figure in FIGURES)] for row in document[dimension]]
    columns = [words.say(heading), *(words.say(NAMES[figure]) for figure in FIGURES)]
    add_table(made, columns, rows, numbers=range(1, len(columns)))


def add_table(
    made: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Iterable[int], name_share: float = _NAME_SHARE
) -> None:
    """Add a table as wide as the page, with its headings on every page and numbers to the right."""
    section = made.sections[-1]
    width = section.page_width - section.left_margin - section.right_margin
    others = len(columns) - 1
    shares = [name_share, *[(1 - name_share) / others] * others]
    # Word counts in twentieths of a point; rounded up, the table would be wider than the page.
    widths = [Twips(int(width * share / Twips(1))) for share in shares]
    table = made.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.autofit = False
    right = set(numbers)
    for number, cells in enumerate([columns, *rows]):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        # A row is not split between pages, and the headings come again on each (ECMA-376, part 1, 17.4.6 and 17.4.50).
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for column, text in enumerate(cells):
            cell = row.cells[column]
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size = Pt(_TABLE_POINTS)
            run.bold = number == 0
            paragraph.paragraph_format.space_after = Pt(0)
            if column in right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
