"""Vinnova's open data in its true structure: three requests, rounds joined to their calls, and nobody's name kept."""

import json
import sqlite3
from contextlib import closing
from importlib import import_module

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.archive.runs import Document, load_documents
from tests.conftest import ROOT
from tests.publishers import Answer, serve

PAGES = ROOT / "tests" / "pages" / "vinnova"
ANSWERS = {"program": "programmes.json", "utlysningar": "calls.json", "ansokningsomgangar": "rounds.json"}
SETTINGS = """[network]
allow_loopback = true
delay = 0
retries = 0
[[source]]
id = "rundor"
kind = "vinnova"
name = "Rundorna"
url = "{url}/api"
language = "sv"
"""


class Register:
    """Serve the saved answers of the register; `broken` names resources that fail."""

    broken = ()

    def __call__(self, asked):
        if not asked.path.startswith("/api/"):
            return Answer(status=404)
        _, _, resource, day = asked.path.split("/")
        if resource in self.broken or len(day) != 10:
            return Answer(status=404)
        return Answer((PAGES / ANSWERS[resource]).read_bytes(), headers={"Content-Type": "application/json; charset=utf-8"})


def calls(installation):
    with closing(sqlite3.connect(installation.archive)) as connection:
        return {key: json.loads(data) for key, data in connection.execute("SELECT call_id, data FROM calls")}


def test_vinnova_is_read_in_three_requests_with_texts_links_and_documents(installation):
    register = Register()
    with serve(register) as served:
        installation.configure(SETTINGS.format(url=served.url))
        outcome = installation.fork("crawl", "rundor", "--json", now="2026-05-20T08:00")
        asked = [request.path for request in served.asked if request.path.startswith("/api/")]
        register.broken = ("utlysningar",)
        broken = installation.fork("crawl", "rundor", "--json", now="2026-05-21T08:00")
    assert asked == ["/api/program/2000-01-01", "/api/utlysningar/2000-01-01", "/api/ansokningsomgangar/2018-01-01"]
    [report] = outcome.json["sources"]
    assert (report["state"], report["new"], report["skipped"]) == ("accepted", 2, 1)
    found = calls(installation)
    assert set(found) == {"2026-90021", "2026-90023"}, "a round by invitation, a closed one or one of 2019 is no call"
    call = found["2026-90021"]
    assert call["title"] == "Kommuner som förebilder för delad elektrifiering: Våren 2026"
    assert call["url"] == "https://ansok.vinnova.se/utlysning/vart-exempel"
    assert "delade laddplatser" in call["sections"][0]["text"]
    assert "shared charging" not in call["sections"][0]["text"]
    assert [link["url"] for link in call["links"]][-1] == "https://data.vinnova.se/api/file/2026-90021_1"
    assert (call["budget"]["total"], call["budget"]["project_max"], call["budget"]["currency"]) == (10_000_000, 800_000, "SEK")
    assert call["published"] == "2026-04-14T00:00:00+02:00"
    assert call["keywords"] == ["Elektrifierade kommuner"]
    assert call["conditions"] == [{"title": "Kontakt", "text": "IT-stöd, it-stod@example.org, 08-000 00 02"}]
    assert not found["2026-90023"].get("deadlines"), "1900 is no day"
    assert found["2026-90023"]["url"] == "https://www.vinnova.se/sok/?q=2026-90023"
    # Rounds without their calls would have other titles and texts: nothing is read then.
    [report] = broken.json["sources"]
    assert (report["state"], report["changed"]) == ("failed", 0)
    assert calls(installation) == found


def test_no_name_of_a_contact_is_kept(installation):
    with serve(Register()) as served:
        installation.configure(SETTINGS.format(url=served.url))
        installation.fork("crawl", "rundor", "--json", now="2026-05-20T08:00")
    with closing(sqlite3.connect(f"file:{installation.archive}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        stored = b"".join(document.body for document in load_documents(connection, "rundor"))
    assert b"skyddsrum" in stored
    assert b"Vera Exempel" not in stored
    files = b"".join(path.read_bytes() for path in installation.archive.parent.rglob("*") if path.is_file())
    assert b"vera.exempel" not in files


@pytest.mark.parametrize("body", [b"", b'{"KontaktLista', b'"KontaktLista"', b'[1, null, {"KontaktLista": 3}]'])
def test_kept_answers_of_any_form_hold_no_contacts(body):
    settings = Settings()
    settings.setmodule("monitor.collect.settings")
    module = import_module(get_spider_loader(settings).load("vinnova").__module__)
    document = Document(url="https://x.se", request="", status=200, headers="{}", content_type="", body=body, fetched=None)
    kept = module.without_persons(document).body
    assert kept == body or b"KontaktLista" not in kept
