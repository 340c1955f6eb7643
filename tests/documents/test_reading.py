"""PDF, Word and Excel become pages of text; the Commission's own two as their text beside them."""

import re
from collections import Counter
from datetime import date

import pytest

from monitor.documents.model import FileFormat, FileNote, ReadLimits, place_words
from monitor.documents.reading import read_file
from tests.documents.files import docx_bytes, pdf_bytes, repacked, write, xlsx_bytes


def words(text):
    return Counter(re.findall(r"\w+", text))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "pages", "version"),
    [("online-manual_om_en", 81, "Version 1.1 15 September 2022"), ("rules-legal-entity-validation_en", 34, "V5.0 – 01.02.2024")],
)
def test_the_commissions_documents_are_read_as_their_text(shared, name, pages, version):
    """Word for word on every page; a footnote's number that hangs on its word is one word here and two there."""
    folder = shared / "data" / "open" / "call-documents"
    read = read_file(str(folder / f"{name}.pdf"))
    beside = (folder / f"{name}.txt").read_text("utf-8").split("\f")[:-1]
    assert read.total == len(read.pages) == len(beside) == pages
    assert read.version == version
    different = 0
    for page, text in zip(read.pages, beside, strict=True):
        ours, theirs = words(page.text), words(text)
        assert "".join(sorted("".join(ours.elements()))) == "".join(sorted("".join(theirs.elements()))), page.number
        different += ours != theirs
    assert different <= 3
    assert FileNote.SCANNED not in read.notes


def test_pdf_pages_keep_lines_and_swedish_letters(tmp_path):
    read = read_file(
        str(
            write(
                tmp_path,
                "a.pdf",
                pdf_bytes(["Utlysning\nVersion 2.0", "Sökande är kommuner.\nBidrag: 500 000 €"], title="Utlysning för unga"),
            )
        )
    )
    assert (read.format, read.title, read.version, read.total) == (FileFormat.PDF, "Utlysning för unga", "Version 2.0", 2)
    assert [page.text for page in read.pages] == ["Utlysning\nVersion 2.0", "Sökande är kommuner.\nBidrag: 500 000 €"]
    assert place_words(read.format, read.pages[1].number, "") == "sida 2"


def test_scans_are_told(tmp_path):
    """A cover that is a picture is no scan; a document whose pages are pictures is one."""
    scan = write(tmp_path, "scan.pdf", pdf_bytes(["", "3", ""], picture=[1, 2, 3]))
    assert read_file(str(scan)).notes == (FileNote.SCANNED,)
    cover = write(tmp_path, "cover.pdf", pdf_bytes(["", "A page of text that can be read"], picture=[1, 2]))
    assert read_file(str(cover)).notes == ()
    partly = write(tmp_path, "partly.pdf", pdf_bytes(["The text of the first page", "The text of the second", ""], picture=[3]))
    assert read_file(str(partly)).notes == (FileNote.PARTLY_SCANNED,)


def test_word_sections_begin_at_headings_and_tables_are_lines(tmp_path):
    blocks = [
        ("p", "Utlysningstext"), ("h1", "Vem kan söka"), ("p", "Kommuner och regioner kan söka."),
        ("h1", "Budget"), ("table", [["Post", "Belopp"], ["Lön", "400 000 kr"]]), ("p", "Slut"),
    ]  # fmt: skip
    read = read_file(str(write(tmp_path, "a.docx", docx_bytes(blocks, title="Texten"))))
    assert [(page.number, page.label) for page in read.pages] == [(1, ""), (2, "Vem kan söka"), (3, "Budget")]
    assert read.pages[2].text == "Budget\nPost | Belopp\nLön | 400 000 kr\nSlut"
    assert place_words(read.format, 3, "Budget") == "avsnittet Budget"
    assert (read.format, read.title) == (FileFormat.WORD, "Texten")


def test_sheets_are_pages_and_a_stated_size_is_not_believed(tmp_path):
    """CORDIS' workbooks state the size A1:A1."""
    body = xlsx_bytes(
        {"Budget": [["Post", "Belopp", None], [None, None], ["Lön", 400000], [date(2026, 11, 28)]], "Hjälp": [["x"]]},
        hidden=["Hjälp"],
    )
    lying = repacked(body, replace={"xl/worksheets/sheet1.xml": ('ref="A1:C4"', 'ref="A1"')})
    for number, one in enumerate((body, lying)):
        read = read_file(str(write(tmp_path, f"{number}.xlsx", one)))
        assert [(page.label, page.text) for page in read.pages] == [("Budget", "Post | Belopp\nLön | 400000\n2026-11-28")]


def test_limits_are_told(tmp_path):
    file = str(write(tmp_path, "a.pdf", pdf_bytes([f"Page {number} has these words" for number in range(1, 6)])))
    read = read_file(file, ReadLimits(pages=3))
    assert (len(read.pages), read.total, read.notes) == (3, 5, (FileNote.MORE_PAGES,))
    read = read_file(file, ReadLimits(letters=40))
    assert sum(len(page.text) for page in read.pages) == 40
    assert read.notes == (FileNote.CUT,)
    read = read_file(file, ReadLimits(page_letters=6))
    assert [page.text for page in read.pages] == [f"Page {number}" for number in range(1, 6)]
    assert read.notes == (FileNote.CUT,)
