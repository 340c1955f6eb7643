"""The sample publishers as a web server: the search API, feeds, pages, conditional requests, two days."""

import http.client
import json
from datetime import date

import pytest

from monitor.demo import samples
from monitor.demo.server import SEARCH_PATH, SampleServer

TODAY = date(2026, 5, 20)
QUERY = {"bool": {"must": [{"terms": {"type": ["1", "2", "8"]}}, {"terms": {"status": ["31094501", "31094502"]}}]}}
PARTS = {"query": QUERY, "languages": ["en"], "sort": {"field": "identifier", "order": "ASC"}}
ADDRESS = f"{SEARCH_PATH}?apiKey=SEDIA&text=***&pageSize=100&pageNumber=1"


@pytest.fixture
def server():
    with SampleServer(TODAY) as running:
        yield running


def test_the_search_answers_a_typed_form(server):
    status, page = _search(server, _form(PARTS))
    assert status == 200
    assert page["totalResults"] == len(page["results"]) > 60


def test_the_search_turns_down_plain_form_fields(server):
    status, answer = _search(server, _form(PARTS, typed=False))
    assert (status, answer) == (500, {"type": "throwable"})


def test_the_search_turns_down_a_form_without_languages(server):
    assert _search(server, _form({"query": QUERY}))[0] == 500


def test_the_search_turns_down_a_part_that_is_no_json(server):
    body, kind = _form(PARTS)
    assert _search(server, (body.replace(b'["en"]', b'["en"'), kind))[0] == 500


def test_the_search_turns_down_a_json_body(server):
    assert _search(server, (json.dumps(PARTS).encode(), "application/json"))[0] == 500


def test_the_search_needs_a_text(server):
    status, answer = _search(server, _form(PARTS), SEARCH_PATH + "?apiKey=SEDIA")
    assert (status, answer["message"]) == (400, "parameter text is not present")


def test_the_search_refuses_other_kinds_of_query(server):
    status, answer = _search(server, _form({**PARTS, "query": {"match": {"title": "LIFE"}}}))
    assert (status, answer["type"]) == (400, "businessError")


def test_other_addresses_take_no_form(server):
    assert _request(server, "POST", "/annat", b"x", {"Content-Type": "text/plain"})[0] == 404


def test_the_days_differ(server):
    server.reading = samples.FIRST_READING
    first = {row["reference"] for row in _search(server, _form(PARTS))[1]["results"]}
    server.reading = samples.SECOND_READING
    second = {row["reference"] for row in _search(server, _form(PARTS))[1]["results"]}
    assert second - first
    assert first - second


@pytest.mark.parametrize("path", ["/robots.txt", *(publisher.path for publisher in samples.load_publishers())])
def test_a_document_that_did_not_change_is_not_sent_again(server, path):
    status, headers, body = _request(server, "GET", path)
    assert status == 200
    assert body
    status, _, again = _request(server, "GET", path, headers={"If-None-Match": headers.get("ETag")})
    assert (status, again) == (304, b"")


def test_a_feed_that_changed_has_another_tag(server):
    path = samples.load_publishers()[0].path
    server.reading = samples.FIRST_READING
    tag = _request(server, "GET", path)[1].get("ETag")
    server.reading = samples.SECOND_READING
    status, headers, _ = _request(server, "GET", path, headers={"If-None-Match": tag})
    assert status == 200
    assert headers.get("ETag") != tag


def test_every_item_has_its_page_once_it_is_published(server):
    for publisher in samples.load_publishers():
        for item in publisher.items:
            assert item.title in _request(server, "GET", item.link)[2].decode()
    server.reading = samples.FIRST_READING
    unpublished = [item for p in samples.load_publishers() for item in p.items if item.published > samples.FIRST_READING]
    assert {_request(server, "GET", item.link)[0] for item in unpublished} == {404}


def _form(parts, *, typed=True):
    kind = "Content-Type: application/json\r\n" if typed else ""
    fields = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n{json.dumps(value)}\r\n'
        for name, value in parts.items()
    )
    return f"{fields}--b--\r\n".encode(), "multipart/form-data; boundary=b"


def _search(server, form, address=ADDRESS):
    status, _, body = _request(server, "POST", address, form[0], {"Content-Type": form[1]})
    return status, json.loads(body)


def _request(server, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(*server.server_address, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()
