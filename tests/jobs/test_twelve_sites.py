"""`sources find` from the first pages of twelve sites of different systems: the right row, or the reason why there is none."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from tests import twelve_sites
from tests.forked import run_function
from tests.publishers import serve

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
SITES = (
    "sitevision", "episerver", "drupal", "commission_drupal", "wordpress", "umbraco", "static", "scripted", "hidden_feed",
    "sitemap_only", "walled", "moved",
)  # fmt: skip


def search_all(settings, addresses, answer):
    """Search all sites in one process, as a person would one after the other; write the answers as JSON."""
    from monitor.config import load_config
    from monitor.jobs.find_sources import SiteSearch
    from monitor.jobs.reading_process import ReadingProcess

    readings = ReadingProcess(load_config(settings), NOW)
    searches = [SiteSearch(readings, address, 300.0) for address in addresses]
    for search in searches:
        search.begin()
    readings.run()
    answer.write_text(json.dumps([search.outcome() for search in searches]), "utf-8")


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """Return the site, the answer of the search and the requests of each of the twelve, by name; and the answers of the traps."""
    folder = tmp_path_factory.mktemp("twelve")
    (folder / "monitor.toml").write_text("[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n", "utf-8")
    with ExitStack() as stack:
        sites, publishers = {}, {}
        for name in SITES:
            site = (
                getattr(twelve_sites, name)()
                if name != "moved"
                else twelve_sites.moved_to(f"{publishers['umbraco'].url}/stod/utlysningar")
            )
            sites[name], publishers[name] = site, stack.enter_context(serve(site.respond))
        addresses = [f"{publishers[name].url}/" for name in SITES]
        traps = {name: stack.enter_context(serve(getattr(twelve_sites, name)().respond)).url for name in ("finished", "menus")}
        addresses += [f"{traps['finished']}/", f"{traps['menus']}/", f"{publishers['umbraco'].url}/stod/gamla-utlysningar/2024/"]
        run_function(search_all, folder / "monitor.toml", addresses, folder / "answer.json")
    answers = json.loads((folder / "answer.json").read_text("utf-8"))
    sites["moved"].right = sites["umbraco"].right
    publishers["moved"].url = publishers["umbraco"].url
    twelve = {name: (sites[name], answer, publishers[name]) for name, answer in zip(SITES, answers[: len(SITES)], strict=True)}
    return twelve, dict(zip(("finished", "menus", "gone"), answers[len(SITES) :], strict=True))


@pytest.fixture(scope="module")
def found(searched):
    return searched[0]


@pytest.fixture(scope="module")
def traps(searched):
    return searched[1]


def is_right(site, answer, publisher):
    """Return whether the first row is the right one; where there is none, whether the reason is said."""
    if site.right is None:
        return not answer["rows"] and site.said in " ".join(answer["problems"])
    if not answer["rows"]:
        return False
    row = answer["rows"][0]["row"]
    return {"kind": row["kind"], "address": row["url"].removeprefix(publisher.url), "links": row.get("links", "")} == site.right


def test_the_right_row_is_proposed_first_on_at_least_ten_of_twelve_sites_and_no_wrong_one_as_sure(found):
    right = {name: is_right(*one) for name, one in found.items()}
    wrong_and_sure = [
        name for name, (_, answer, _) in found.items() if not right[name] and answer["rows"] and answer["rows"][0]["sure"]
    ]
    assert sum(right.values()) >= 10, {
        name: found[name][1]["rows"][:1] or found[name][1]["problems"] for name, ok in right.items() if not ok
    }
    assert wrong_and_sure == []


def test_each_right_row_is_shown_with_items_newest_day_and_share_ahead(found):
    for name, (site, answer, _) in found.items():
        if site.right is None:
            continue
        first = answer["rows"][0]
        assert first["items"] >= 3, name
        assert first["newest"] or first["share_ahead"] == 1.0, name
        assert first["way"], name


def test_no_address_of_a_site_is_asked_twice_and_comments_are_no_source(found):
    for name, (_, answer, publisher) in found.items():
        if name in ("umbraco", "moved"):
            continue  # asked for by both
        asked = [f"{one.path}?{one.query}" for one in publisher.asked if one.path != "/robots.txt"]
        assert len(asked) == len(set(asked)), name
        assert len(asked) <= 45, name
        assert not any("comments" in one["row"]["url"] for one in answer["rows"])


def test_a_site_made_by_scripts_says_what_it_would_take_to_read_it(found):
    _, answer, _ = found["scripted"]
    assert not answer["browser"]
    assert "be it-avdelningen (docs/drift.md, Webbläsare). Ingen webbläsare är angiven" in " ".join(answer["problems"])


def test_a_site_that_has_moved_is_said_to_have(found):
    _, answer, publisher = found["moved"]
    assert answer["moved"] == f"{publisher.url}/stod/utlysningar"


def test_calls_that_have_closed_and_pages_without_a_call_are_never_sure(traps):
    assert [row for name in ("finished", "menus") for row in traps[name]["rows"] if row["sure"]] == []
    assert all(row["doubts"] for name in ("finished", "menus") for row in traps[name]["rows"])


def test_a_page_that_is_gone_is_looked_for_from_above_and_the_row_says_so(traps):
    assert traps["gone"]["problems"] == ["Hittar ingen sida där (HTTP 404). Är adressen rätt skriven?"]
    first = traps["gone"]["rows"][0]
    assert first["row"]["url"].endswith("/stod/utlysningar")
    assert first["ahead"] == first["items"] >= 3
    assert not first["sure"]
    assert first["doubts"][0].startswith("Adressen ger ingen sida. Raden hittades på ")
