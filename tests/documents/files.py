"""Files for the tests of documents, written by program: ordinary ones, and those that try to do harm."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from openpyxl import Workbook

CONTENT_TYPES = "[Content_Types].xml"


def pdf_bytes(
    pages: Sequence[str], *, title: str = "", catalog: str = "", trailer: str = "", picture: Sequence[int] = ()
) -> bytes:
    """Return a PDF with a text of several lines on each page; the numbers of `picture` (from 1) have an image on them."""
    objects: list[bytes] = []

    def put(body: bytes | str) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    root, tree = put(""), put("")
    font = put("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    image = put(stream(b"\xff", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"))
    kids = []
    for number, text in enumerate(pages, start=1):
        lines = "".join(f"({_escaped(line)}) Tj 0 -14 Td " for line in text.split("\n"))
        drawn = "q 500 0 0 700 40 40 cm /I Do Q " if number in picture else ""
        content = put(stream(f"{drawn}BT /F 11 Tf 50 790 Td {lines}ET".encode("cp1252")))
        kids.append(
            put(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R"
                f" /Resources << /Font << /F {font} 0 R >> /XObject << /I {image} 0 R >> >> >>"
            )
        )
    objects[root - 1] = f"<< /Type /Catalog /Pages {tree} 0 R {catalog} >>".encode()
    objects[tree - 1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    info = put(f"<< /Title ({_escaped(title)}) >>")
    return assemble(objects, f"/Root {root} 0 R /Info {info} 0 R {trailer}")


def assemble(objects: Sequence[bytes], trailer: str) -> bytes:
    """Return a PDF of these objects, numbered from 1, with a right table of offsets."""
    out, offsets = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer.encode(), start))
    return out.getvalue()


def stream(data: bytes, keys: str = "", level: int = 6) -> bytes:
    packed = zlib.compress(data, level)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), keys.encode(), packed)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def docx_bytes(blocks: Sequence[tuple[str, object]], *, title: str = "") -> bytes:
    """Return a Word document of blocks: ("h1", text), ("p", text) or ("table", rows)."""
    document = Document()
    document.core_properties.title = title
    for kind, value in blocks:
        if kind == "h1":
            document.add_heading(value, level=1)
        elif kind == "table":
            table = document.add_table(rows=0, cols=len(value[0]))
            for row in value:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx_bytes(sheets: dict[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = ()) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(package: bytes, *, add: dict[str, bytes] | None = None, replace: dict[str, tuple[str, str]] | None = None) -> bytes:
    """Return an Office file with parts added, and with one text replaced in parts named."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if replace and name in replace:
                before, after = replace[name]
                assert before.encode() in body, (name, body[:400])
                body = body.replace(before.encode(), after.encode())
            if not add or name not in add:
                new.writestr(name, body)
        for name, body in (add or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def write(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path
