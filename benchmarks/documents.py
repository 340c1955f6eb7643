"""Row: reading of a made PDF of 300 pages beside pypdfium2 alone, and the memory of that."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.generate import Inputs
from benchmarks.measure import Line, median_of, run_child
from tests.documents.files import pdf_bytes

PAGES, QUICK_PAGES = 300, 20
_RUNS = 3
_LINES = 50
_LEAST_RATIO = 0.5
_MOST_MEGABYTES = 200.0


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Return the pages per second of CPU, ours and those of pypdfium2 alone, and the memory of ours."""
    pages, runs = (QUICK_PAGES, 1) if quick else (PAGES, _RUNS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.pdf"
        file.write_bytes(made_pdf(pages))
        ours = [run_child("documents:read_ours", file=str(file)) for _ in range(runs)]
        alone = [run_child("documents:read_alone", file=str(file)) for _ in range(runs)]
    assert {spent.result for spent in (*ours, *alone)} == {pages}
    return [
        Line(
            row="documents", what=f"reading of a PDF of {pages} pages", unit="pages/CPU s", value=pages / median_of(ours, "cpu"),
            peer="pypdfium2 alone", peer_value=pages / median_of(alone, "cpu"), bound=_LEAST_RATIO,
        ),
        Line(
            row="documents", what="memory of that", unit="MB", value=median_of(ours, "peak") / 1e6, better="less",
            bound=_MOST_MEGABYTES,
        ),
    ]  # fmt: skip


def made_pdf(pages: int) -> bytes:
    """Return a PDF with as much text on each page as a call document has."""
    line = "Municipalities may apply for at most EUR 500 000 together with two partners."
    return pdf_bytes(["\n".join(f"{number}.{row} {line}" for row in range(_LINES)) for number in range(pages)])


def read_ours(file: str) -> Callable[[], int]:
    """Return the reading of a file as the job does it in its child process."""
    from monitor.documents.reading import read_file

    return lambda: len(read_file(file).pages)


def read_alone(file: str) -> Callable[[], int]:
    """Return the reading of all texts of a file with pypdfium2, kept as ours are."""
    from pypdfium2 import PdfDocument

    def task() -> int:
        texts = []
        with closing(PdfDocument(file)) as document:
            for number in range(len(document)):
                with closing(document[number]) as page, closing(page.get_textpage()) as words:
                    texts.append(words.get_text_range())
        return len(texts)

    return task
