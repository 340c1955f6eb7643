"""The archive's feeds as another installation reads them: no date or text is lost."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from monitor.archive.calls import load_call
from monitor.calls import DeadlineModel, Precision
from monitor.collect.feeds import parse_feed
from monitor.web.outputs.feeds import GENERATOR
from tests.web.conftest import BASE
from tests.web.sample import NOW

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def taken(browser, site, path, following=True):
    """Return the calls that the `feed` spider reads from a feed's pages, by the publisher's address."""
    source = replace_source(site.config.sources[-1])
    calls = []
    while path:
        answer = browser.get(path)
        feed = parse_feed(answer.content, dict(answer.headers), f"{BASE}{path}", source, NOW)
        assert not feed.skipped
        assert not feed.left_out
        calls += feed.calls
        path = feed.following.removeprefix(BASE) if following else ""
    return {call.url: call for call in calls}


def replace_source(source):
    """Return the source without a language, as an archive has calls in several."""
    return replace(source, language="") if not hasattr(source, "model_copy") else source.model_copy(update={"language": ""})


def moments(call):
    """Return the deadlines as a reader reads them: a day without a time is a day in Sweden."""
    days = [deadline.at.astimezone(STOCKHOLM) for deadline in call.deadlines]
    return [at if one.precision is Precision.MINUTE else at.date() for at, one in zip(days, call.deadlines, strict=True)]


def opening(call):
    """Return the day on which a call opens; None for a made-up one after its last day, which reads as that of the next round."""
    last = max((deadline.at.date() for deadline in call.deadlines), default=None)
    return None if call.opens and last and call.opens > last else call.opens


def test_another_installation_gets_every_call_with_its_dates(browser, site):
    found = taken(browser, site, "/arkiv.atom")
    own = [load_call(site.archive.db, *key) for key in site.archive.db.execute("SELECT source, call_id FROM calls").fetchall()]
    assert len(found) == len(own) == 207
    wrong = []
    for call in own:
        if call.call_id == "hostile":
            continue
        other = found[call.url]
        wrong += [
            (call.call_id, name, ours, theirs)
            for name, ours, theirs in (
                ("title", call.title, other.title),
                ("kind", call.kind, other.kind),
                ("opens", opening(call), other.opens),
                ("model", call.deadline_model, other.deadline_model),
                ("deadlines", moments(call), moments(other)),
            )
            if ours != theirs
        ]
    assert wrong == []
    assert {DeadlineModel.ROLLING, DeadlineModel.TWO_STAGE} <= {call.deadline_model for call in found.values()}


def test_a_hostile_title_comes_through_as_harmless_text(browser, site):
    (call,) = (
        call for call in taken(browser, site, "/arkiv.atom").values() if "kulturarv" in call.title and "stöd" in call.title[-6:]
    )
    assert "<script" not in call.title
    assert call.url.startswith("http")


def test_only_an_archive_of_ours_is_read_page_by_page(browser, site):
    body = browser.get("/arkiv.atom").content
    source = site.config.sources[-1]
    assert parse_feed(body, {}, "https://annat.example/arkiv.atom", source, NOW).following.startswith(
        "https://annat.example/arkiv.atom?fore="
    )
    other = body.replace(f"<generator>{GENERATOR}<".encode(), b"<generator>WordPress<")
    assert parse_feed(other, {}, "https://annat.example/feed", source, NOW).following == ""


@pytest.mark.parametrize("path", ["/forvaltning/kultur-fritid.atom", "/sok.atom?q=bibliotek"])
def test_a_departments_and_a_searchs_feed_are_sources_too(browser, site, path):
    assert len(taken(browser, site, path, following=False)) > 5
