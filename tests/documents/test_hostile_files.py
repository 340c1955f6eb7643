"""Files that try to do harm: bounded, told in Swedish, nothing run, nothing fetched."""

import io
import socket
import zipfile

import pytest

from monitor.documents.child import read_document
from monitor.documents.model import LARGEST_FILE, FileNote, UnreadableDocumentError
from monitor.documents.reading import read_file
from tests.documents.files import CONTENT_TYPES, assemble, docx_bytes, pdf_bytes, repacked, stream, write, xlsx_bytes

ORDINARY = docx_bytes([("p", "Kommuner kan söka.")])
XXE = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document>&x;</w:document>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst>&b;</sst>'


def bomb(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package, package.open(name, "w") as part:
        for _ in range(120):
            part.write(b" " * 1_000_000)
    return out.getvalue()


def loop() -> bytes:
    """Return a PDF whose tree of pages has itself as its only branch."""
    return assemble(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R 2 0 R] >>"], "/Root 1 0 R"
    )


ENCRYPTED = "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "11" * 32 + "> /U <" + "22" * 32 + "> >>"


def with_main_part(name, xml):
    """Return a Word document whose relations name another part as the main one."""
    renamed = {"_rels/.rels": ("word/document.xml", name), CONTENT_TYPES: ("/word/document.xml", f"/{name}")}
    return repacked(ORDINARY, add={name: xml.encode()}, replace=renamed)


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("encrypted.pdf", pdf_bytes(["secret"], trailer=ENCRYPTED), "skyddad med lösenord"),
        ("loop.pdf", loop(), "är trasig"),
        ("stub.pdf", b"%PDF-1.7\n1 0 obj << /Type /Catal", "är trasig"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "lösenord eller i ett Office-format"),
        ("page.pdf", b"<!DOCTYPE html><html><body>Not found</body></html>", "är en webbsida"),
        ("empty.pdf", b"", "är tom"),
        ("text.pdf", b"Hello", "varken PDF, Word eller Excel"),
        ("bomb.docx", bomb("word/document.xml"), "uppackad"),
        ("bomb.xlsx", bomb("xl/workbook.xml"), "uppackad"),
        ("xxe.docx", repacked(ORDINARY, add={"word/document.xml": XXE.encode()}), "har en DTD"),
        ("xxe16.docx", repacked(ORDINARY, add={"word/document.xml": XXE.encode("utf-16")}), "har en DTD"),
        ("xxe32.docx", repacked(ORDINARY, add={"word/document.xml": XXE.encode("utf-32")}), "har en DTD"),
        ("xxe32be.docx", repacked(ORDINARY, add={"word/document.xml": XXE.encode("utf-32-be")}), "har en DTD"),
        ("ebcdic.docx", repacked(ORDINARY, add={"word/document.xml": XXE.encode("cp037")}), "har en DTD"),
        ("named.docx", with_main_part("word/main.bin", XXE), "har en DTD"),
        ("picture.docx", with_main_part("word/media/main.svg", XXE), "är trasig"),
        ("laughs.xlsx", repacked(xlsx_bytes({"A": [["x"]]}), add={"xl/sharedStrings.xml": LAUGHS.encode()}), "har en DTD"),
        ("other.docx", repacked(ORDINARY, add={"word/document.xml": b"<a"}), "är trasig"),
        ("none.docx", repacked(ORDINARY, add={CONTENT_TYPES: b"<Types/>"}), "är trasig"),
        ("broken.xlsx", repacked(xlsx_bytes({"A": [["x"]]}), add={"xl/workbook.xml": b"<workbook/>"}), "är trasig"),
        ("zip.docx", b"PK\x03\x04" + bytes(100), "är trasig"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path, name, body, told):
    with pytest.raises(UnreadableDocumentError, match=told):
        read_file(str(write(tmp_path, name, body)))


def test_ten_thousand_pages_are_bounded(tmp_path):
    read = read_file(str(write(tmp_path, "long.pdf", pdf_bytes(["x"] * 10_000))))
    assert (read.total, len(read.pages)) == (10_000, 1_500)
    assert FileNote.MORE_PAGES in read.notes


def test_a_table_of_offsets_that_is_wrong_is_built_anew(tmp_path):
    body = pdf_bytes(["The words are still there"])
    at = body.rindex(b"startxref") + 10
    read = read_file(str(write(tmp_path, "a.pdf", body[:at] + b"99999999" + body[body.index(b"\n", at) :])))
    assert read.pages[0].text == "The words are still there"


def test_nothing_in_a_file_is_run_or_fetched(tmp_path):
    """JavaScript at the opening of a PDF, macros, a template and a workbook elsewhere: noted at most."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/t.dotm"
        script = f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{address}'\\)) >>"
        assert read_file(str(write(tmp_path, "js.pdf", pdf_bytes(["Ordinary text here"], catalog=script)))).pages
        relation = f'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="{address}" TargetMode="External"/></Relationships>'
        outside = repacked(ORDINARY, replace={"word/_rels/document.xml.rels": ("</Relationships>", relation)})
        assert read_file(str(write(tmp_path, "t.docx", outside))).notes == (FileNote.EXTERNAL,)
        macros = repacked(
            ORDINARY,
            add={"word/vbaProject.bin": b"Sub AutoOpen()"},
            replace={
                CONTENT_TYPES: (
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                    "application/vnd.ms-word.document.macroEnabled.main+xml",
                )
            },
        )
        read = read_file(str(write(tmp_path, "m.docm", macros)))
        assert (read.notes, read.pages[0].text) == ((FileNote.MACROS,), "Kommuner kan söka.")
        formula = xlsx_bytes({"A": [[f'=WEBSERVICE("{address}")', "=cmd|'/c calc'!A1", "text"]]})
        assert read_file(str(write(tmp_path, "f.xlsx", formula))).pages[0].text == " |  | text"
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_bomb_ends_its_own_process_and_the_next_file_is_read(tmp_path):
    """A stream of 320 MB in a PDF of less than one: pdfium unpacks it when it reads the page."""
    pages = pdf_bytes(["x"])
    packed = stream(bytes(320_000_000), level=1)
    body = assemble(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
         b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>", packed],
        "/Root 1 0 R",
    )  # fmt: skip
    assert len(body) < LARGEST_FILE
    told = ""
    try:
        assert sum(len(page.text) for page in read_document(write(tmp_path, "bomb.pdf", body), seconds=4).pages) <= 200_000
    except UnreadableDocumentError as error:
        told = str(error)
    assert told in ("", "tog längre än 4 sekunder att läsa", "kräver för mycket minne eller är trasig; läsningen avbröts")
    assert read_document(write(tmp_path, "next.pdf", pages)).pages[0].text == "x"


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    path = tmp_path / "large.pdf"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(UnreadableDocumentError, match="större än de 40 MB"):
        read_document(path)
