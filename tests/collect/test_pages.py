"""One test for all sources: every saved page gives exactly the calls of its `.expected.json`.

A case is `tests/pages/<source>/<case>.<html|xml|json|ics>`. Its expectation has the way to read it (url, callback, now) and the
result. A missing expectation is written and the test fails: check it by eye, then commit it. The pages are our own, in the
publishers' form.
"""

import asyncio
import json
import re
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse, XmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.archive.codec import encode_call
from monitor.calls import Call
from monitor.collect.pipelines import clean_call, item_problem
from monitor.collect.programmes import Programmes
from monitor.config import load_config
from monitor.jobs.crawl import load_programmes

PAGES = Path(__file__).resolve().parent.parent / "pages"
NOW = "2026-05-20T08:00:00+02:00"
CALLBACKS = {
    ("page", "article"): "parse_article",
    ("calendar", "event"): "parse_page",
    ("vinnova", "programmes"): "parse_programmes",
    ("vinnova", "calls"): "parse_calls",
}
TYPES = {".html": HtmlResponse, ".xml": XmlResponse, ".json": TextResponse, ".ics": Response}
OF_INTERFACES = {
    ("rounds", "article"): "parse_article",
    ("g0v", "article"): "parse_article",
    ("haveyoursay", "initiative"): "parse_initiative",
    ("presscorner", "document"): "parse_document",
}
EVERY_KIND_HAS = ("empty", "bot-wall", "redesign")
CASES = sorted(path for path in PAGES.glob("*/*.*") if not path.name.endswith(".expected.json"))


class Untiring:
    """Settings of a crawler that never retries."""

    settings = Settings({"RETRY_TIMES": 0})
    stats = SimpleNamespace(inc_value=lambda *_, **__: None)


@cache
def config():
    return load_config(None)


@cache
def programmes() -> Programmes:
    return load_programmes(config())


@cache
def loader():
    settings = Settings()
    settings.setmodule("monitor.collect.settings")
    return get_spider_loader(settings)


def defaults(case: Path, source) -> dict:
    """How a new case is read: by its name, and by the address in its comment."""
    marked = re.search(rb"url: (\S+)", case.read_bytes())
    callback = (CALLBACKS | OF_INTERFACES).get((source.kind, case.name.partition(".")[0].partition("-")[0]), "parse")
    return {"url": marked[1].decode().replace("&amp;", "&") if marked else source.url, "callback": callback, "now": NOW}


def given_by(output):
    """Everything that a callback gives, whether or not it waits for anything."""
    if not hasattr(output, "__aiter__"):
        return list(output)

    async def collect():
        return [item async for item in output]

    return asyncio.run(collect())


def read_case(case: Path, how: dict, folder: Path) -> dict:
    """What the source's spider makes of the page, as JSON values."""
    source = config().source(case.parent.name)
    spider = loader().load(source.kind)(source=source, now=datetime.fromisoformat(how["now"]), programmes=programmes())
    spider.crawler = Untiring()
    request = Request(how["url"])
    body = case.read_bytes()
    if source.kind == "bulk":
        request.meta["spooled"] = shutil.copy(case, folder / "spooled")
        request.meta["spooled"] = Path(request.meta["spooled"])
    response = TYPES[case.suffix](how["url"], body=body, request=request, headers=how.get("headers"))
    calls, followed = [], []
    for item in given_by(getattr(spider, how["callback"])(response, **how.get("given", {}))):
        if isinstance(item, Call):
            assert item_problem(item) == ""
            spider.reading.calls[item.call_id] = clean_call(item, spider.programmes)
            calls.append(json.loads(encode_call(spider.reading.calls[item.call_id])))
        else:
            followed.append(item.url)
    problems = [*spider.reading.problems, *(spider.judge() if how["callback"] == "parse" and not followed else [])]
    found = {
        "calls": calls,
        "followed": followed,
        "left_out": spider.reading.left_out,
        "skipped": spider.reading.skipped,
        "problems": [[problem.kind.value, problem.text] for problem in dict.fromkeys(problems)],
    }
    return {name: value for name, value in found.items() if value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_saved_page(case, tmp_path):
    expectation = case.with_name(f"{case.stem}.expected.json")
    known = json.loads(expectation.read_text("utf-8")) if expectation.exists() else {}
    how = {key: known[key] for key in ("url", "callback", "now", "headers", "given") if key in known} or defaults(
        case, config().source(case.parent.name)
    )
    found = how | read_case(case, how, tmp_path)
    if not known:
        expectation.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{expectation.name} was missing and has been written: look it through and keep it")
    assert found == known


@pytest.mark.parametrize("source", config().sources, ids=lambda source: source.id)
def test_every_source_has_a_saved_page_that_gives_something(source):
    found = [json.loads(path.read_text("utf-8")) for path in (PAGES / source.id).glob("*.expected.json")]
    if not source.enabled and not found:
        assert source.note, "off, and no note says why"
        return
    assert found, "no saved page: add one under tests/pages"
    assert any(case.get("calls") or case.get("left_out") for case in found), "none of its saved pages gives an item"
    if source.links:
        assert any(case.get("followed") for case in found), "none of its saved lists gives an article to follow"


@pytest.mark.parametrize("kind", sorted({source.kind for source in config().sources}))
@pytest.mark.parametrize("trouble", EVERY_KIND_HAS)
def test_every_kind_knows_an_empty_list_a_bot_wall_and_a_redesign(kind, trouble):
    ids = {source.id for source in config().sources if source.kind == kind}
    cases = [case for case in CASES if case.parent.name in ids and case.stem == trouble]
    assert cases, f"no tests/pages/<source>/{trouble}.* for the kind {kind}"
    for case in cases:
        found = json.loads(case.with_name(f"{case.stem}.expected.json").read_text("utf-8"))
        classes = {problem[0] for problem in found.get("problems", [])}
        expected = {
            "empty": {"empty", "layout"} if kind == "bulk" else {"empty"},
            "bot-wall": {"blocked"},
            "redesign": {"layout", "scripted", "not-a-feed", "unreadable", "incomplete"},
        }
        assert not found.get("calls")
        assert classes <= expected[trouble]
        assert bool(classes) or trouble == "empty"


def test_no_folder_without_a_source():
    assert {path.name for path in PAGES.iterdir()} <= {source.id for source in config().sources}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_pages_are_ours_and_small(case):
    body = case.read_bytes()
    assert b"ade by us" in body or (case.parent.name == "vinnova" and case.suffix == ".json"), (
        "no mark that says that we wrote it"
    )
    assert len(body) < 8000


def test_a_page_that_prints_today_and_counts_visits_does_not_change(tmp_path):
    case = PAGES / "mucf" / "article-ungdomsutbyte.html"
    page = case.read_text("utf-8")
    found = []
    for today, visits in (("onsdag 20 maj 2026", 812), ("torsdag 21 maj 2026", 9120)):
        copy = tmp_path / "mucf" / "article-today.html"
        copy.parent.mkdir(exist_ok=True)
        noise = f"<p>I dag är det {today}</p><p>Sidvisningar: {visits}</p><p>Senast uppdaterad: {today}</p>"
        copy.write_text(page.replace("</div></div></article>", f"{noise}</div></div></article>"), "utf-8")
        found.append(
            read_case(
                copy, {"url": "https://www.mucf.se/bidrag/ungdomsutbyte-0", "callback": "parse_article", "now": NOW}, tmp_path
            )
        )
    assert found[0] == found[1]
    assert found[0]["calls"]
