"""Nobody whom a publisher's answers name is kept: neither in the documents of a reading nor in its files."""

import json
import sqlite3
from contextlib import closing
from importlib import import_module

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.archive.runs import Document, load_documents
from monitor.collect.persons import json_without_persons, without_mail_addresses
from tests.publishers import Answer, serve

SETTINGS = """[network]
allow_loopback = true
delay = 0
retries = 0
[[source]]
id = "remiss"
kind = "haveyoursay"
name = "Remiss"
url = "{url}/brpapi/searchInitiatives?size=100"
language = "en"
publishes = ["policy"]
[[source]]
id = "press"
kind = "presscorner"
name = "Press"
url = "{url}/api/latestnews?language=en"
language = "en"
publishes = ["policy", "news"]
"""
PERSONS = ("Ottilia", "Provare", "ottilia.provare@example.eu", "+32 2 000 00 00", "Frej Talesman")


def respond(asked):
    if asked.path == "/brpapi/searchInitiatives":
        status = {"receivingFeedbackStatus": "OPEN", "feedbackEndDate": "2026/07/27 23:59:59", "isCurrent": True}
        row = {
            "id": 7.0,
            "shortTitle": "Rules for quays",
            "currentStatuses": [status],
            "unitContact": {"name": "Ottilia Provare"},
        }
        return told({"initiativeResultDtoPage": {"content": [row], "last": True}})
    if asked.path == "/brpapi/groupInitiatives/7":
        author = {"authorName": "Ottilia", "authorSurname": "Provare", "authorMail": PERSONS[2], "authorPhoneNumber": PERSONS[3]}
        publication = {**author, "title": "Quays", "surveyContactMail": PERSONS[2]}
        return told({"dossierSummary": "Towns look after their quays.", "publications": [publication], "email": PERSONS[2]})
    if asked.path == "/api/latestnews":
        return told({"docuLanguageListResources": [{"refCode": "IP/26/4", "spokesperson": "Frej Talesman"}]})
    if asked.path == "/api/documents":
        content = {"title": "Commission proposes rules for quays", "htmlContent": "<p>A proposal for a regulation.</p>"}
        contacts = [{"firstName": "Frej", "name": "Frej Talesman", "phone": PERSONS[3]}]
        return told({"refCd": "IP/26/4", "docuLanguageResource": content, "pressContactResource": contacts})
    return Answer(status=404)


def told(value):
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json", "ETag": '"1"'})


def test_officials_and_press_officers_are_not_kept(installation):
    with serve(respond) as served:
        installation.configure(SETTINGS.format(url=served.url))
        outcome = installation.fork("crawl", "remiss", "press", "--json", now="2026-05-20T08:00")
    assert [(row["state"], row["new"]) for row in outcome.json["sources"]] == [("accepted", 1), ("accepted", 1)]
    with closing(sqlite3.connect(f"file:{installation.archive}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        documents = [document for source in ("remiss", "press") for document in load_documents(connection, source)]
    stored = b"".join(document.body for document in documents).decode()
    assert "Towns look after their quays." in stored
    assert "A proposal for a regulation." in stored
    files = b"".join(path.read_bytes() for path in installation.archive.parent.rglob("*") if path.is_file())
    for words in PERSONS:
        assert words not in stored
        assert words.encode() not in files
    # What is kept is read again to the same calls.
    again = installation.fork("replay", "remiss", "--json", now="2026-05-20T09:00")
    assert '"changed": 0' in json.dumps(again.json)


def test_an_answer_keeps_all_but_its_persons():
    answer = b'{"title": "Kajer", "kontaktperson": "Ottilia", "links": [{"email": "o@example.se", "url": "https://a.se"}]}'
    assert json.loads(json_without_persons(answer)) == {"title": "Kajer", "links": [{"url": "https://a.se"}]}
    plain = b'{"title": "Kajer",   "authority": "Hamnen"}'
    assert json_without_persons(plain) == plain, "an authority is no author"


@pytest.mark.parametrize("body", [b'{"authorName": "Ottilia', b'[{"email": "o@example.se"}, ', b"[" * 100_000])
def test_of_an_answer_that_is_cut_nothing_is_kept(body):
    assert json_without_persons(body) == b""


@pytest.mark.parametrize("body", [b"", b"<html>Access denied</html>", b'{"title": "Kajer"}', b"7"])
def test_an_answer_without_persons_is_kept_as_it_came(body):
    assert json_without_persons(body) == body


def test_mail_addresses_in_links_of_a_register_are_not_kept():
    settings = Settings()
    settings.setmodule("monitor.collect.settings")
    vinnova = import_module(get_spider_loader(settings).load("vinnova").__module__)
    links = [
        {"Beskrivning": "Fråga tage.ask@example.se om kajer", "URL": "mailto:tage.ask@example.se"},
        {"Beskrivning": "Läs mer", "URL": "https://example.se/kajer"},
    ]
    body = json.dumps([{"Diarienummer": "2026-1", "LankLista": links}]).encode()
    document = Document(url="https://x.se", request="", status=200, headers="{}", content_type="", body=body, fetched=None)
    kept = vinnova.without_persons(document).body
    assert b"tage.ask" not in kept
    assert b"https://example.se/kajer" in kept
    assert without_mail_addresses("Ring växeln kl. 8 @ torget") == "Ring växeln kl. 8 @ torget"
