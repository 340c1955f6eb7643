"""Publishers' interfaces over HTTP: what is asked of them, page by page, and what one broken answer does to the others."""

import json
import sys
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

from scrapy.http import TextResponse

from monitor.collect.json_rows import field_moment, field_text, rows_at, value_at
from monitor.collect.reading import ParsedResponse
from monitor.sources import Source
from tests.collect.test_pages import given_by, loader
from tests.publishers import Answer, serve

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
CELLAR, G0V = (sys.modules[loader().load(kind).__module__] for kind in ("cellar", "g0v"))
SETTINGS = """[network]
allow_loopback = true
delay = 0
retries = 0
[[source]]
id = "samrad"
kind = "haveyoursay"
name = "Samråd"
url = "{url}/brpapi/searchInitiatives?size=100&language=EN&feedbackStatus=OPEN"
language = "en"
publishes = ["policy"]
time_zone = "Europe/Brussels"
[[source]]
id = "pressrum"
kind = "presscorner"
name = "Pressrum"
url = "{url}/api/latestnews?language=en&pagesize=50&pagenumber=1"
language = "en"
publishes = ["policy", "news"]
options = {{ types = ["IP"] }}
[[source]]
id = "rattsakter"
kind = "cellar"
name = "Rättsakter"
url = "{url}/sparql"
language = "sv"
publishes = ["policy"]
options = {{ types = ["DIR"] }}
"""


def initiative(number):
    status = {"receivingFeedbackStatus": "OPEN", "feedbackEndDate": "2026/07/27 23:59:59", "isCurrent": True}
    return {"id": float(number), "shortTitle": f"Initiative {number}", "currentStatuses": [status]}


def respond(asked):
    if asked.path == "/brpapi/searchInitiatives":
        page = int(asked.query["page"][0])
        content = {0: [initiative(1), initiative(2)], 1: [initiative(3)]}[page]
        return Answer(json.dumps({"initiativeResultDtoPage": {"content": content, "last": page == 1}}).encode())
    if asked.path in ("/brpapi/groupInitiatives/1", "/brpapi/groupInitiatives/3"):
        return Answer(json.dumps({"dossierSummary": "A proposal for a directive on towns."}).encode())
    if asked.path == "/api/latestnews":
        rows = [{"refCode": code, "title": code} for code in ("IP/26/1", "SPEECH/26/2", "IP/26/3")]
        return Answer(json.dumps({"docuLanguageListResources": rows}).encode())
    if asked.path == "/api/documents":
        (reference,) = asked.query["reference"]
        text = {"title": f"Commission proposes {reference}", "htmlContent": "<p>A proposal for a regulation.</p>"}
        return Answer(json.dumps({"refCd": reference, "docuLanguageResource": text if reference == "IP/26/1" else None}).encode())
    if asked.path == "/sparql":
        row = {"celex": {"value": "32026L0001"}, "date": {"value": "2026-05-13"}, "title": {"value": "Direktiv om torg"}}
        return Answer(json.dumps({"results": {"bindings": [row]}}).encode())
    return Answer(status=404)


def test_interfaces_are_read_to_their_last_page_and_one_broken_answer_harms_no_other(installation):
    with serve(respond) as publisher:
        installation.configure(SETTINGS.format(url=publisher.url))
        outcome = installation.fork("crawl", "samrad", "pressrum", "rattsakter", "--json", now=NOW.isoformat())
        asked = [(request.path, request.query) for request in publisher.asked if request.path != "/robots.txt"]
    samrad, pressrum, rattsakter = outcome.json["sources"]
    assert (samrad["state"], samrad["new"]) == ("accepted", 2)
    assert "En sida av 3 saknas" in samrad["reason"]
    assert (pressrum["state"], pressrum["new"], pressrum["skipped"]) == ("accepted", 1, 1)
    assert (rattsakter["state"], rattsakter["new"]) == ("accepted", 1)
    assert [query["page"] for path, query in asked if path == "/brpapi/searchInitiatives"] == [["0"], ["1"]]
    assert sorted(query["reference"][0] for path, query in asked if path == "/api/documents") == ["IP/26/1", "IP/26/3"]
    ((_, query),) = [row for row in asked if row[0] == "/sparql"]
    assert query["format"] == ["application/sparql-results+json"]
    assert '"2026-04-29"^^xsd:date' in query["query"][0]


def test_the_query_names_types_day_and_language():
    query = CELLAR.build_query(["REG", "DIR"], date(2026, 5, 1), "SWE")
    assert "resource-type/REG>, <http://publications.europa.eu/resource/authority/resource-type/DIR>" in query
    assert '?date >= "2026-05-01"^^xsd:date' in query
    assert "language/SWE>" in query


def test_an_address_with_parameters_of_its_own_keeps_them():
    row = {"id": "x", "kind": "cellar", "name": "X", "url": "https://x.eu/sparql?default-graph-uri=", "language": "sv"}
    spider = CELLAR.CellarSpider(source=Source.model_validate(row), now=NOW)
    (request,) = given_by(spider.start())
    assert urlsplit(request.url).path == "/sparql"
    assert set(parse_qs(urlsplit(request.url).query, keep_blank_values=True)) == {"default-graph-uri", "query", "format"}


def test_documents_are_read_newest_first_and_only_those_of_sixty_days():
    rows = [
        {"url": f"/remisser/{day}/", "published": day, "title": day}
        for day in ("2026-03-20", "2026-05-19", "2026-03-22", "2026-05-02")
    ]
    row = {"id": "x", "kind": "g0v", "name": "X", "url": "https://g0v.se/remisser.json", "language": "sv"}
    parsed = ParsedResponse()
    body = json.dumps(rows).encode()
    G0V.read_documents(parsed, TextResponse("https://g0v.se/remisser.json", body=body), Source.model_validate(row), NOW)
    assert parsed.addresses == tuple(
        f"https://www.regeringen.se/remisser/{day}/" for day in ("2026-05-19", "2026-05-02", "2026-03-22")
    )


def test_rows_of_odd_forms():
    parsed = ParsedResponse()
    assert rows_at(parsed, {"a": {"b": {"x": 1}}}, "X", "a", "b") == [{"x": 1}]
    assert rows_at(parsed, {"a": {"b": [1, {"x": 2}]}}, "X", "a", "b") == [{"x": 2}]
    assert list(parsed.skipped.values()) == ["är ingen post"]
    assert rows_at(parsed, {"a": []}, "X", "a", "b") == []
    assert [problem.kind.value for problem in parsed.problems] == ["layout"]
    assert value_at([1], "a") is None
    assert field_text({"a": "null"}, "a") == field_text({"a": {"b": 1}}, "a") == field_text(None, "a") == ""
    assert field_text({"a": 7.5}, "a") == "7.5"
    assert field_moment({"a": "2026/07/27 23:59:59"}, UTC, "a") == datetime(2026, 7, 27, 23, 59, 59, tzinfo=UTC)
    assert field_moment({"a": "soon"}, UTC, "a") is None


def real(shared, kind, read, name, now, **fields):
    """Compare a reader of the kind with an answer that a publisher really sent."""
    module = sys.modules[loader().load(kind).__module__]
    row = {"id": "x", "kind": kind, "name": "X", "url": "https://x.eu/", "language": "sv", **fields}
    parsed = ParsedResponse()
    body = (shared / "data/open" / name).read_bytes()
    getattr(module, read)(parsed, TextResponse("https://x.eu/", body=body), Source.model_validate(row), now)
    return parsed


def test_consultations_as_they_really_are(shared):
    now = datetime(2026, 9, 1, 8, tzinfo=UTC)
    name = "haveyoursay/searchInitiatives_2026-09-01_page0_size3.json"
    parsed = real(shared, "haveyoursay", "read_initiatives", name, now, time_zone="Europe/Brussels")
    stated = [json.loads(address) for address in parsed.addresses]
    assert [item["id"] for item in stated] == ["18805", "18806", "14778"]
    assert all(item["title"] and item["title"] != item["original"] for item in stated)
    assert stated[2]["closes"] == "2026/11/19 23:59:59"
    assert (parsed.problems, parsed.skipped, parsed.following) == ([], {}, "next")


def test_memoranda_as_they_really_are(shared):
    now = datetime(2026, 1, 29, 8, tzinfo=UTC)
    parsed = real(shared, "g0v", "read_documents", "g0vse/faktapromemoria.json", now)
    assert parsed.addresses[0] == "https://www.regeringen.se/faktapromemoria/2026/01/202526fpm52/"
    assert 5 <= len(parsed.addresses) <= 60
    assert (parsed.problems, parsed.skipped) == ([], {})


def test_documents_of_the_riksdag_as_they_really_are(shared):
    now = datetime(2026, 10, 1, 8, tzinfo=UTC)
    parsed = real(shared, "riksdag", "read_documents", "riksdagen/dokumentlista_shape.json", now, options={"label": "Prop."})
    assert [call.call_id for call in parsed.calls] == ["HCB398", "HD03250"]
    assert parsed.calls[1].published.date() == date(2026, 9, 15)
    assert parsed.calls[0].url == "https://data.riksdagen.se/dokument/HCB398.html"
