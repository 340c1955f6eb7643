"""`monitor demo` from end to end, as documented for a newcomer."""

import email
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import datetime
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import sync_playwright

from monitor.archive import open_archive
from monitor.archive.award_decisions import last_own_list
from monitor.archive.matches import read_calls
from monitor.archive.readings import stored_reading
from monitor.awards.promises import list_promises
from monitor.awards.reconcile import parse_list
from monitor.awards.seasons import PromiseOutcome
from monitor.errors import ConfigError
from monitor.jobs.demo import MARKER, Demo, clear_folder, unfold_mails
from monitor.language.call_reading import read_call
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from tests.web.chromium import ARGUMENTS, CHROMIUM

NOW = "2026-05-20T09:00"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return the folder, the output and two pages of one whole run, started as a person does and ended by Ctrl+C."""
    here, errors = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("said") / "errors.txt"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "monitor", "--now", NOW, "demo", "--dir", "prov", "--serve", "--port", str(port)]
    root = Path(__file__).resolve().parents[2]
    with errors.open("w") as file:
        running = subprocess.Popen(
            command, cwd=here, stdout=subprocess.PIPE, stderr=file, text=True, env=_environment(root), start_new_session=True
        )
    said = ""
    while f"http://127.0.0.1:{port} tills" not in said:
        line = running.stdout.readline()
        assert line, errors.read_text()
        said += line
    pages = [
        _page(f"http://127.0.0.1:{port}{path}", running) for path in ("/", "/sok.json?status=open", "/kommande", "/historia")
    ]
    os.killpg(running.pid, signal.SIGINT)
    said += running.communicate(timeout=60)[0]
    done = subprocess.CompletedProcess(command, running.returncode, said, errors.read_text())
    assert done.returncode == 0, done.stderr
    return here / "prov", done, pages


@pytest.fixture(scope="module")
def demo(served):
    return served[:2]


def _page(address, running):
    """Return the page, as soon as the server is up."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(address, timeout=60) as answer:
                return answer.read().decode()
        except ConnectionError:
            pass
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
        assert running.poll() is None
        threading.Event().wait(0.1)


def test_what_was_read_is_shown_in_a_browser_at_the_same_moment(served):
    front, found, *_ = served[2]
    assert "Vad kan vi söka?" in front
    assert "lästa det senaste dygnet" in front
    assert "6 av 6" in front
    assert json.loads(found)["total"] > 50


def test_coming_calls_are_shown_with_the_page_of_the_work_programme(served):
    coming = served[2][2]
    assert coming.count("enligt arbetsprogrammet, s. 3") == 4
    assert "Example: twin towns meet, guests of every age" in coming
    assert re.search(r'href="/dokument/[0-9a-f]{16}/3"', coming)


def test_the_own_history_has_a_chart_and_the_places_of_partners(served):
    history = served[2][3]
    assert "Projekt per år" in history
    assert re.search(r"<title id=\"diagram-historia-t\">Projekt, flest: 20\d\d</title>", history)
    assert re.search(r"Partner i [^<]*\((?:EE|PL|PT|DE|DK|IT)\)", history)


@pytest.fixture(scope="module")
def archive(demo):
    with open_archive(demo[0] / "data" / "archive.db") as opened:
        yield opened.db


def test_nothing_is_left_outside_the_folder(demo):
    assert [entry.name for entry in demo[0].parent.iterdir()] == ["prov"]


def test_promises_are_judged_and_the_own_list_is_kept(archive):
    judged = {one.code: one.verdict for one in list_promises(archive) if one.verdict}
    assert PromiseOutcome.KEPT in judged.values()
    assert "LIFE-2026-SAP-NAT-NATURE" in judged
    assert any(one.code and not one.verdict for one in list_promises(archive)), "a round that is announced and has not opened"
    text, who, _ = last_own_list(archive)
    assert len(parse_list(text)) == 4
    assert who == "samordnaren"


def test_every_source_was_read_well_both_times(archive):
    runs = list(archive.query("SELECT source, state FROM runs ORDER BY id"))
    assert len(runs) == 12
    assert {run["state"] for run in runs} == {"accepted"}


def test_the_stored_reading_of_every_call_equals_a_fresh_one(archive):
    calls = list(read_calls(archive))
    assert len(calls) > 100
    for call in calls:
        assert stored_reading(archive, *call.key) == read_call(call), call.title
    assert any(read_call(call).eligibility for call in calls)


def test_new_opened_moved_news_and_closed_show(archive):
    found = {
        row["type"]: row["n"] for row in archive.query("SELECT type, count(*) AS n FROM events WHERE baseline = 0 GROUP BY type")
    }
    assert found["new"] >= 15
    assert found["opened"] == 6
    assert found["closed"] == 3
    assert found["deadline_moved"] >= 3
    assert {"news", "budget_changed", "text_changed"} <= found.keys()
    assert "vanished" not in found


def test_the_known_deadlines_moved(archive):
    moved = archive.query(
        "SELECT c.identifier, e.old, e.new FROM events e JOIN calls c USING (source, call_id) WHERE e.type = 'deadline_moved'"
    )
    days = {row["identifier"]: (json.loads(row["old"])[0][:10], json.loads(row["new"])[0][:10]) for row in moved}
    assert days["CERV-2026-DATA"] == ("2026-05-25", "2026-06-22")
    assert days["UCPM-2026-KAPP-PVPP"] == ("2026-06-01", "2026-06-15")


def test_no_old_row_came_into_the_archive(archive):
    identifiers = ("DIGITAL-2022-CLOUD-AI-B-03-AI-ON-DEMAND", "HORIZON-CL5-2024-D2-02-01", "ERASMUS-EDU-2022-ECHE-CERT-FP")
    assert not list(archive.query("SELECT 1 FROM calls WHERE identifier IN (?, ?, ?)", identifiers))


def test_every_department_has_mails_as_files_that_open(demo):
    folder = demo[0] / "mejl"
    departments = load_rules(RULES).departments
    for department in departments:
        mails = sorted(folder.glob(f"2026-W?? {department}.eml"))
        assert len(mails) == 2, department
        for path in mails:
            message = email.message_from_bytes(path.read_bytes(), policy=default)
            assert message["To"] == f"{department}@example.se"
            assert message.get_body(("plain",)).get_content().strip()
            page = message.get_body(("html",)).get_content().replace("\r\n", "\n")
            assert path.with_suffix(".html").read_bytes().decode() == page
    index = (folder / "index.html").read_text("utf-8")
    for address in re.findall(r'href="([^"]+)"', index):
        assert (folder / address.replace("%20", " ")).is_file()


def test_every_mail_says_what_and_when_and_nothing_unknown(demo):
    for path in sorted((demo[0] / "mejl").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        page, subject = message.get_body(("html",)).get_content(), message["Subject"]
        assert len(subject) <= 60, path.name
        assert "ramgår inte" not in page + message.get_body(("plain",)).get_content(), path.name
        # The page, the text and the calendar file, without the encoding for the way.
        parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        assert len(parts) >= 2
        assert sum(map(len, parts)) < 60_000, path.name
        if "Sista ansökningsdag" in page:
            assert re.search(r"\b\d\d? (jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)", subject), f"{path.name}: {subject}"
        cards = len(re.findall(r"<h3 id=", page))
        assert 'class="overview"' in page or cards < 2, path.name


def test_the_second_mail_tells_what_is_new_opened_and_moved(demo):
    texts = {path.stem: path.read_text("utf-8") for path in (demo[0] / "mejl").glob("2026-W21 *.html")}
    assert "Networks of Towns" in texts["2026-W21 kommunledning"]
    assert "Small-scale Partnerships" in texts["2026-W21 kultur-fritid"]
    assert "Knowledge for Action in Prevention and Preparedness" in texts["2026-W21 raddning-beredskap"]
    assert "15 juni" in texts["2026-W21 raddning-beredskap"].replace("\u00a0", " ").replace("&nbsp;", " ")


def test_what_concerns_nobody_is_in_nobodys_mail(demo):
    for path in (demo[0] / "mejl").glob("*.html"):
        page = path.read_text("utf-8")
        for title in ("Submarine Cable Repair", "gastric cancer", "Films on the Move", "Sri Lanka", "Solceller på lantbruk"):
            assert title not in page, f"{path.name}: {title}"


def test_the_account_says_what_was_found_for_whom_and_where(demo):
    out = demo[1].stdout
    assert "6 har öppnat för ansökan" in out
    assert "Ny sista dag: UCPM-2026-KAPP-PVPP (1 juni blev 15 juni)" in out
    for name in (department.name for department in load_rules(RULES).departments.values()):
        assert name in out
    assert "serve --set-password" in out
    for path in ("prov/mejl/index.html", "prov/data/archive.db", "prov/monitor.toml"):
        assert path in out
    assert "\x1b" not in out + demo[1].stderr
    assert "Traceback" not in demo[1].stderr


# Late in the year most last days are in the next one: each day with its year makes the mails as long as they get.
WITH_YEARS = r"""() => {
    const months = 'januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december';
    const short = 'jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec';
    const day = new RegExp(`(\\d\\s(?:${months}|${short}))(?![\\wåäö])(?!\\s\\d{4})`, 'g');
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(day, '$1\u00a02027');
}"""
ONLY_SEVEN = """() => {
    [...document.querySelectorAll('.overview li')].slice(7).forEach(line => line.remove());
    const cards = [...document.querySelectorAll('table.card')].filter(card => card.querySelector('h3[id]'));
    cards.slice(7).forEach(card => card.remove());
    return [cards.length, cards[Math.min(cards.length, 7) - 1].getBoundingClientRect().bottom];
}"""


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium is installed")
def test_seven_calls_of_real_texts_with_their_cards_are_four_screens(demo):
    measured = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        for file in sorted((demo[0] / "mejl").glob("20*.html")):
            if file.read_text("utf-8").count("<h3 id=") < 7:
                continue
            page.goto(file.as_uri())
            cards, bottom = page.evaluate(ONLY_SEVEN)
            if cards >= 7:
                measured += 1
                assert bottom <= 4 * 844, file.name
                page.evaluate(WITH_YEARS)
                assert page.evaluate(ONLY_SEVEN)[1] <= 4 * 844, f"{file.name}, each day with its year"
        browser.close()
    assert measured >= 2


@pytest.mark.parametrize(
    "words", [["show", "UCPM-2026-KAPP-PVPP"], ["why", "UCPM-2026-KAPP-PVPP", "--department", "raddning-beredskap"]]
)
def test_what_the_account_suggests_can_be_tried(demo, words):
    assert " ".join(words) in demo[1].stdout
    settings = demo[0] / "monitor.toml"
    command = [sys.executable, "-m", "monitor", "--config", str(settings), "--now", NOW, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_second_run_begins_anew(demo, monkeypatch):
    folder = demo[0]
    (folder / "data" / "eget.txt").write_text("x")
    monkeypatch.setattr("monitor.jobs.demo.CHAIN", ("crawl",))
    steps = []
    with Demo(folder, datetime(2026, 5, 20, 9, tzinfo=ZoneInfo("Europe/Stockholm"))) as again:
        report = again.run(steps.append)
    assert not (folder / "data" / "eget.txt").exists()
    assert [(step.number, step.answer is None) for step in steps] == [(1, True), (1, False), (2, True), (2, False)]
    assert report.mails == ()
    assert sum(happening.type == "deadline_moved" for happening in report.happenings) >= 3


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "viktigt.txt").write_text("x")
    with pytest.raises(ConfigError, match="did not make"):
        clear_folder(tmp_path)
    assert (tmp_path / "viktigt.txt").read_text() == "x"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "fil").write_text("x")
    with pytest.raises(ConfigError, match="is a file"):
        clear_folder(tmp_path / "fil")


def test_clearing_does_not_follow_links_out_of_the_folder(tmp_path):
    outside, folder = tmp_path / "utanför", tmp_path / "prov"
    outside.mkdir()
    (outside / "viktigt.txt").write_text("x")
    clear_folder(folder)
    (folder / "länk").symlink_to(outside)
    clear_folder(folder)
    assert [entry.name for entry in folder.iterdir()] == [MARKER]
    assert (outside / "viktigt.txt").exists()


def test_mails_of_one_week_do_not_overwrite_each_other(tmp_path):
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    for number in (1, 2):
        head = "From: a@example.se\nTo: social@example.se\nSubject: Rättelse\nDate: Wed, 20 May 2026 09:00:00 +0200\n"
        (outbox / f"{number}.eml").write_text(f"{head}Content-Type: text/html; charset=utf-8\n\n<p>{number}</p>\n", "utf-8")
    mails = unfold_mails(outbox, tmp_path / "mejl", {"social": "Socialförvaltningen"})
    assert [mail.html.read_text("utf-8").strip() for mail in mails] == ["<p>1</p>", "<p>2</p>"]


def _environment(root):
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**os.environ, "PYTHONPATH": path}
