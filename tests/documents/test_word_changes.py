"""Word files with tracked changes and content controls: what a reader sees with every change taken in."""

import pytest

from monitor.documents.reading import read_file
from tests.documents.files import docx_bytes, repacked, write

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(text, tag="t"):
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def inserted(inner):
    return f'<w:ins w:id="1" w:author="a">{inner}</w:ins>'


def deleted(text):
    return f'<w:del w:id="2" w:author="a">{run(text, "delText")}</w:del>'


def control(inner):
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def paragraph(*inner):
    return f"<w:p>{''.join(inner)}</w:p>"


def table(*rows):
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(inner):
    return f"<w:tc>{inner}</w:tc>"


@pytest.fixture
def text(tmp_path):
    """Return a function that gives the text of a document with this body."""

    def read(body):
        xml = f'<?xml version="1.0" encoding="utf-8"?><w:document xmlns:w="{SPACE}"><w:body>{body}</w:body></w:document>'
        package = repacked(docx_bytes([("p", "x")]), add={"word/document.xml": xml.encode()})
        return "\n".join(page.text for page in read_file(str(write(tmp_path, "a.docx", package))).pages)

    return read


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(run("Municipalities may "), inserted(run("not ")), run("apply.")), "Municipalities may not apply."),
        (paragraph(run("EUR 1"), inserted(run("00 000"))), "EUR 100 000"),
        (paragraph(run("EUR "), deleted("9"), inserted(run("5")), run("00 000")), "EUR 500 000"),
        (paragraph(run("Funding rate: "), control(run("80 %"))), "Funding rate: 80 %"),
        (control(paragraph(run("At most EUR 5 000."))) + paragraph(run("End")), "At most EUR 5 000.\nEnd"),
        (control(control(paragraph(run("Inner")))), "Inner"),
        (paragraph('<w:moveFrom w:id="3" w:author="a">' + run("old") + "</w:moveFrom>", run("kept")), "kept"),
        (paragraph(run("a"), '<w:moveTo w:id="3" w:author="a">' + run("b") + "</w:moveTo>"), "ab"),
        (paragraph('<w:hyperlink>' + run("The guide") + "</w:hyperlink>", run(" says")), "The guide says"),
        (paragraph(run("a"), "<w:r><w:tab/><w:noBreakHyphen/><w:br/></w:r>", run("b")), "a\t-\nb"),
        (table(cell(paragraph(run("Share"))) + control(cell(paragraph(run("80"), deleted("0"), run(" %"))))), "Share | 80 %"),
        (control(table(cell(paragraph(run("One")) + paragraph(run("two"))))), "One two"),
        (table(cell(table(cell(paragraph(run("Inner")))))), "Inner"),
    ],
)  # fmt: skip
def test_tracked_insertions_and_content_controls_are_text_and_deletions_are_not(text, body, expected):
    assert text(body) == expected
