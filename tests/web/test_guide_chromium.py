"""The first day in Chromium: from `init` to the first mails, with the commands as processes; left half way and taken up again."""

import re
import socket
import subprocess
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect, sync_playwright

from monitor.config import load_sources
from monitor.jobs.canary import _feed, _publisher, choose_example
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from tests.commands import Installation, breathe, free_port
from tests.mailing import read_mail, text_of
from tests.mailserver import Handler, Running
from tests.web.chromium import ARGUMENTS, CHROMIUM, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]
PASSWORD = "ett långt lösenord"
PATIENCE = 240_000
"""Milliseconds for a command that runs as a process."""


@contextmanager
def serving(installation):
    """Run `monitor serve` on a free port; yield its address and the code of its terminal, "" for none."""
    port = free_port()
    terminal = installation.folder / "terminal"
    with terminal.open("w") as shown:
        process = subprocess.Popen(installation.command("serve", "--port", str(port)), stderr=shown)
    try:
        wait_for(port, process)
        code = re.search(r"kom-igang .*([2-9A-Z]{4}-[2-9A-Z]{4})", terminal.read_text())
        yield f"http://127.0.0.1:{port}", code[1] if code else ""
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port, process):
    for _ in range(6000):
        assert process.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        breathe()
    raise AssertionError("the server did not start")


def step(page, title):
    """Return a step of the guide, opened."""
    found = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=re.compile(rf"^\d\. {title}$")))
    if found.locator("details").get_attribute("open") is None:
        found.locator("summary").first.click()
    return found


def is_done(page, title):
    return step(page, title).locator("summary .tag").first.inner_text() == "Klart"


def wait_until_done(page):
    """Wait until the frame of progress says that the work is done, as a person does, and go on by its link."""
    frame = page.frame_locator("iframe.guide-progress")
    frame.get_by_role("link", name="Visa guiden med resultatet").click(timeout=PATIENCE)
    expect(page.locator("iframe.guide-progress")).to_have_count(0, timeout=PATIENCE)


@pytest.fixture
def installation(tmp_path):
    """Yield an installation as `init` makes it, with two sources on loopback: one that works and one that does not."""
    made = Installation(tmp_path / "eu")
    outcome = made.execute([*made.command()[:3], "init", str(made.folder)])
    assert outcome.code == 0, outcome.err
    theme, example = choose_example(load_rules(RULES))
    now = datetime.now(ZoneInfo("Europe/Stockholm"))
    with _publisher(_feed(f"{example.title} (prov)", example.text, now)) as address:
        settings = made.folder / "monitor.toml"
        text = settings.read_text("utf-8") + "\n[network]\nallow_loopback = true\ndelay = 0\nretries = 0\ntimeout = 20\n"
        text += "".join(f"[sources.{one.id}]\nenabled = false\n" for one in load_sources([], {}, "test"))
        for name, url in (("prov-bra", address), ("prov-borta", address.replace("/feed", "/finns-inte"))):
            text += f'[[source]]\nid = "{name}"\nkind = "feed"\nname = "Källan {name}"\nurl = "{url}"\nlanguage = "sv"\n'
        settings.write_text(text, "utf-8")
        made.department = theme.theme.departments[0]
        made.title = f"{example.title} (prov)"
        yield made


def test_from_init_to_the_first_mail_in_the_browser_with_a_pause_in_the_middle(installation):
    handler = Handler()
    name = load_rules(RULES).departments[installation.department].name
    with Running(handler) as mails, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        with serving(installation) as (address, code):
            page = browser.new_context(base_url=address, java_script_enabled=True).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto("/")
            expect(page).to_have_url(f"{address}/kom-igang")
            page.get_by_label("Kod", exact=True).fill(code)
            page.get_by_label(re.compile("^Nytt lösenord")).fill(PASSWORD)
            page.get_by_label("Samma lösenord en gång till").fill(PASSWORD)
            page.get_by_role("button", name="Sätt lösenordet").click()
            expect(page.get_by_role("status")).to_contain_text("Lösenordet är satt")
            assert violations(page) == []

            page.get_by_label("Kommunens namn").fill("Eksjö kommun")
            page.get_by_label("Samordnarens e-postadress").fill("eu@eksjo.se")
            page.get_by_label("Adress där kollegorna når arkivet").fill("https://eu.eksjo.se")
            step(page, "Kommunen").get_by_role("button", name="Spara").click()
            assert is_done(page, "Kommunen")

            departments = step(page, "Förvaltningar")
            for box in departments.get_by_role("checkbox").all():
                box.set_checked(box.get_attribute("value") == installation.department)
            departments.get_by_role("button", name="Spara").click()
            people = step(page, "Mottagare")
            people.get_by_role("button", name=re.compile("Ta bort kultur@example.se")).click()
            people = step(page, "Mottagare")
            people.get_by_label("E-postadress").fill("anna@eksjo.se")
            people.get_by_label("Förvaltning eller bolag").select_option(label=name)
            people.get_by_role("button", name="Lägg till").click()
            assert is_done(page, "Förvaltningar")
            assert is_done(page, "Mottagare")

        # It is late. The program is stopped, and started again the next day.
        with serving(installation) as (address, code):
            assert code == ""
            page = browser.new_context(base_url=address).new_page()
            page.set_default_timeout(PATIENCE)
            page.goto("/kom-igang")
            page.get_by_label("Lösenord").fill(PASSWORD)
            page.get_by_role("button", name="Logga in").click()
            assert [is_done(page, one) for one in ("Kommunen", "Mottagare", "Mejlserver")] == [True, True, False]
            server = step(page, "Mejlserver")
            server.get_by_label("Mejlen ska").select_option("smtp")
            server.get_by_label("Mejlserver", exact=True).fill("127.0.0.1")
            server.get_by_label("Port").fill(str(mails.port))
            server.get_by_label("Avsändarens e-postadress").fill("eu@eksjo.se")
            server.get_by_role("button", name="Spara").click()
            step(page, "Mejlserver").get_by_role("button", name="Skicka ett provmejl till eu@eksjo.se").click()
            wait_until_done(page)
            assert is_done(page, "Mejlserver")
            assert [recipient for recipient, _, _ in handler.taken] == ["eu@eksjo.se"]

            step(page, "Källor").get_by_role("button", name="Pröva källorna").click()
            wait_until_done(page)
            sources = step(page, "Källor")
            expect(sources.get_by_text("1 gick inte att läsa")).to_be_visible()
            expect(sources.get_by_text("1 post.")).to_be_visible()

            step(page, "Första läsningen").get_by_role("button", name="Läs alla källor").click()
            wait_until_done(page)
            assert is_done(page, "Första läsningen")

            step(page, "Första mejlet").get_by_role("link", name=name).click()
            expect(page.frame_locator("iframe.mail").get_by_text(installation.title).first).to_be_visible(timeout=PATIENCE)
            page.go_back()
            step(page, "Första mejlet").get_by_role("button", name="Mejlen ser bra ut").click()
            assert handler.taken[1:] == []
            step(page, "I gång").get_by_role("button", name="Bygg och skicka de första mejlen").click()
            wait_until_done(page)
            expect(page.get_by_text("Allt är klart.")).to_be_visible()
            assert violations(page) == []
        browser.close()
    (sent,) = handler.taken[1:]
    assert sent[0] == "anna@eksjo.se"
    assert installation.title in text_of(read_mail(sent[2]))
