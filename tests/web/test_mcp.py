"""The server for assistants, asked by another package's client: fastmcp, over HTTP and on standard input."""

import asyncio
import shutil
import sys
import threading

import httpx
import pytest
import uvicorn

from monitor.archive import open_archive
from monitor.archive.digests import last_digest
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.jobs.serve import make_site, open_mcp
from monitor.vocabulary import MailSection
from monitor.web.framework.app import make_app
from tests.web.conftest import FakeJobs, everything
from tests.web.sample import NOW, SETTINGS

fastmcp = pytest.importorskip("fastmcp", reason="fastmcp, whose client asks our server, is not installed")
TOOLS = {"search_calls", "get_call", "explain_call", "department_week", "source_health", "call_history"}
# Of the libraries of client and server, when they end.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def installation(sample_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mcp") / "installation"
    shutil.copytree(sample_folder, folder)
    (folder / "monitor.toml").write_text(SETTINGS + "[mcp]\nenabled = true\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def served(installation):
    """Yield the site and the address of its running server."""
    config = load_config(installation / "monitor.toml")
    site = make_site(config, lambda: NOW, FakeJobs(config))
    site.mcp = open_mcp(config, lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(make_app(site), port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield site, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    site.archive.close()


def ask(transport, *questions):
    """Return the tools, and the answer to each question as (name, arguments)."""

    async def talk():
        async with fastmcp.Client(transport) as client:
            tools = await client.list_tools()
            answers = [await client.call_tool(name, values, raise_on_error=False) for name, values in questions]
            return tools, answers

    return asyncio.run(talk())


def test_six_tools_that_read_and_change_nothing(served):
    site, base = served
    before = everything(site)
    with open_archive(site.config.archive) as archive:
        built = last_digest(archive.db, "kultur-fritid").week
    tools, answers = ask(
        f"{base}/mcp",
        ("search_calls", {"query": "bibliotek", "limit": 3}),
        ("get_call", {"call": "portal/portal-001"}),
        ("explain_call", {"call": "portal/portal-001", "department": "kultur-fritid"}),
        ("department_week", {"department": "kultur-fritid", "week": built}),
        ("source_health", {}),
        ("call_history", {"call": "portal/portal-001"}),
    )
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.annotations.read_only_hint for tool in tools)
    found, call, why, week, sources, history = (answer.structured_content for answer in answers)
    assert len(found["hits"]) == 3
    assert found["total"] >= 3
    assert found["hits"][0]["page"].startswith("http://127.0.0.1:8001/u/")
    assert call["call_id"] == "portal-001"
    assert call["deadlines"][0]["at"]
    assert why["departments"][0]["department"] == "kultur-fritid"
    assert week["built"]
    assert {item["section"] for item in week["items"]} <= {*MailSection}
    assert week["items"][0]["page"]
    assert {row["id"] for row in sources["sources"]} >= {"funding-tenders"}
    assert history["versions"]
    assert everything(site) == before


def test_what_only_the_coordinator_sees_is_not_given_out(served):
    site, base = served
    with site.archive.writing() as db:
        db.execute(
            "INSERT INTO corrections (source, call_id, field, value, who, at)"
            " VALUES ('portal', 'portal-002', 'title', '\"Ny\"', 'anna.andersson', '2026-05-01T00:00:00+00:00')"
        )
    _, (answer,) = ask(f"{base}/mcp", ("get_call", {"call": "portal/portal-002"}))
    assert answer.structured_content["corrections"] == [{"field": "title", "at": "2026-05-01T00:00:00+00:00"}]
    assert "anna.andersson" not in str(answer)


def test_an_unknown_department_and_a_wrong_week_are_told_in_words(served):
    _, base = served
    _, (department, week, no_week, searched, kind) = ask(
        f"{base}/mcp",
        ("department_week", {"department": "rymden"}),
        ("department_week", {"department": "kultur-fritid", "week": "nästa"}),
        ("department_week", {"department": "kultur-fritid", "week": "2026-W99"}),
        ("search_calls", {"query": "kultur", "department": "rymden"}),
        ("search_calls", {"query": "kultur", "kind": "utlysning"}),
    )
    assert department.is_error
    assert "kultur-fritid" in department.content[0].text
    assert week.is_error
    assert "ingen vecka" in no_week.content[0].text
    assert searched.is_error
    assert "kultur-fritid" in searched.content[0].text
    assert kind.is_error


def test_a_page_of_another_site_gets_nothing(served):
    _, base = served
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    assert httpx.post(f"{base}/mcp", json=call, headers={**headers, "origin": "https://ond.example"}).status_code == 403
    assert httpx.post(f"{base}/mcp", json=call, headers={**headers, "host": "ond.example"}).status_code in (403, 421)
    assert httpx.post(f"{base}/mcp", json={"a": "x" * 200_000}, headers=headers).status_code in (400, 413)


def test_standard_input(installation):
    transport = fastmcp.client.transports.StdioTransport(
        command=sys.executable,
        args=["-m", "monitor", "--config", str(installation / "monitor.toml"), "--now", NOW.isoformat(), "mcp"],
    )
    tools, (answer,) = ask(transport, ("search_calls", {"query": "bibliotek"}))
    assert {tool.name for tool in tools} == TOOLS
    assert answer.structured_content["hits"]


def test_it_is_off_unless_switched_on(site, browser):
    from monitor.jobs.mcp_server import serve_stdio

    assert open_mcp(site.config, lambda: NOW) is None
    assert browser.request("POST", "/mcp", json={}).status_code == 415
    assert browser.get("/mcp").status_code == 404
    with pytest.raises(ConfigError, match="enabled = true"):
        serve_stdio(site.config, lambda: NOW)
