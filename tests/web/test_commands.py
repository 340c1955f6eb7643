"""The commands `serve` and `report` as a person types them."""

import json
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request

import docx
import openpyxl
import pytest

from monitor.web.framework.auth import password_file
from tests.commands import Installation, free_port


@pytest.fixture
def sample(sample_folder, tmp_path) -> Installation:
    folder = tmp_path / "installation"
    shutil.copytree(sample_folder, folder)
    return Installation(folder)


def test_report_gives_the_same_figures_as_json_as_text_and_as_a_page(sample):
    page = sample.folder / "rapport.html"
    done = sample.run("report", "--json", "--html", str(page), now="2026-05-20T12:00")
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["total"]["granted"] == 1
    assert document["total"]["applied"] == 2
    row = next(row for row in document["departments"] if row["id"] == "kultur-fritid")
    assert (row["interested"], row["granted"]) == (3, 1)
    html = page.read_text("utf-8")
    assert "<svg" in html
    assert "<link" not in html
    assert "<script" not in html
    word, excel = sample.folder / "rapport.docx", sample.folder / "rapport.xlsx"
    done = sample.ask("report", "--docx", str(word), "--xlsx", str(excel), now="2026-05-20T12:00")
    assert (done.code, done.out) == (0, "")
    assert [line.removeprefix("Skrev ") for line in done.err.splitlines()] == [str(word), str(excel)]
    totals = {row.cells[0].text: row.cells[1].text for row in docx.Document(str(word)).tables[0].rows}
    assert (totals["Sökta"], totals["Beviljade"]) == ("2", "1")
    totals = dict(openpyxl.load_workbook(excel)["Siffrorna"].iter_rows(values_only=True, min_row=2, max_col=2))
    assert (totals["Sökta"], totals["Beviljade"]) == (2, 1)
    text = sample.ask("report", "--from", "2026-01-01", "--to", "2026-05-20", now="2026-05-20T12:00").out
    assert "Uppföljning 2026-01-01 till 2026-05-20" in text
    assert "Beviljade" in text
    assert sample.ask("report", "--from", "i går").code == 2


def test_a_password_is_kept_only_as_a_hash_that_its_owner_reads(sample):
    file = password_file(sample.folder / "data")
    file.unlink()
    done = subprocess.run(
        sample.command("serve", "--set-password"),
        input="ett långt lösenord\nett långt lösenord\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "ett långt" not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    short = subprocess.run(
        sample.command("serve", "--set-password"), input="kort\nkort\n", capture_output=True, text=True, timeout=60, check=False
    )
    assert short.returncode == 2


def test_serve_answers_until_it_is_stopped(sample):
    port = free_port()
    served = subprocess.Popen(sample.command("serve", "--port", str(port), now="2026-05-20T12:00"), stderr=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/om", timeout=20) as answer:
                    assert answer.status == 200
                    assert "uvicorn" not in answer.headers.get("server", "")
                break
            except (urllib.error.URLError, ConnectionError):
                assert time.monotonic() < ends
                assert served.poll() is None
                threading.Event().wait(0.1)
    finally:
        served.terminate()
        served.wait(30)
