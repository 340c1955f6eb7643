"""The plugin in a process with other Datasettes, and routes that lack their login."""

import asyncio

import httpx
from datasette.app import Datasette

from monitor.archive.search.facets import FACETS
from monitor.web import urls
from monitor.web.framework.app import make_app
from monitor.web.framework.route import Route
from monitor.web.views.search import FACET_TITLES, PARAMETERS
from tests.web.conftest import Browser


def get(datasette, path):
    async def ask():
        transport = httpx.ASGITransport(datasette.app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_another_datasette_of_the_process_answers_failures_as_datasette_does(site):
    make_app(site)
    other = Datasette(memory=True)
    answer = get(other, "/nowhere.json")
    assert answer.status_code == 404
    assert answer.json()["ok"] is False
    page = get(other, "/nowhere")
    assert page.status_code == 404
    assert "404" in page.text
    assert "content-security-policy" not in page.headers


def test_a_change_without_login_is_refused_even_if_its_route_forgot_to_ask_for_it(site, monkeypatch):
    """Call a view of the coordinator by a route that is open to all: the name for the signature is missing."""
    view = next(route.view for route in urls.ROUTES if route.pattern.endswith("/lage$"))
    monkeypatch.setattr(
        "monitor.web.framework.plugin.ROUTES",
        (Route(r"^/forvaltning/(?P<department>[^/.]+)/lage$", view, acts=True), *urls.ROUTES),
    )
    browser = Browser(site)
    try:
        values = {"utlysning": "norden/norden-002", "lage": "soker"}
        assert browser.post("/forvaltning/kultur-fritid/lage", values, page="/logga-in").status_code == 403
    finally:
        browser.close()


def test_every_facet_has_a_parameter_and_a_title():
    assert set(PARAMETERS.values()) == set(FACET_TITLES) == set(FACETS)
