"""Rows against addresses that were really seen: `links` follows those of articles and leaves the others."""

import json
import re
import tomllib
from urllib.parse import unquote, urlsplit

import pytest

from monitor.config import load_config
from tests.conftest import ROOT

OBSERVED = tomllib.loads((ROOT / "tests" / "sources" / "observed.toml").read_text("utf-8"))
ROWS = {row.id: row for row in load_config(None).sources}


# Rows of which nobody has seen anything, and why their address is kept.
NEVER_SEEN = {
    "europaparlamentet-press": "the address follows the English one; the site shuts programs out",
    "mucf-nyheter": "the usual address of the site's system",
    "icld": "the usual address of the site's system; its articles are of a kind that the feed may not hold",
    "nordregio": "the usual address of the site's system",
    "statsbidragsportalen": "the portal's address is not known",
}
# Rows with `links` of whose articles no address was ever seen: the list alone was.
ARTICLES_NEVER_SEEN = {
    "lansstyrelsen-jonkoping-landsbygd": "public code has the list's address only",
    "esf-radet": "the calls that were seen are of the site before its rebuilding",
    "naturvardsverket-kalender": "public code reads the list and names no event",
    "interreg-bsr-utlysningar": "no call was open when the list was seen",
}
FOLLOWING = [row.id for row in ROWS.values() if row.links]
EVERY_ADDRESS = {
    address for seen in OBSERVED.values() for key in ("follow", "leave", "form", "not") for address in seen.get(key, [])
}


def wrongly_told(links, seen):
    """Return the addresses that an expression leaves though they are articles, and those that it follows though they are not."""
    articles, others = seen.get("follow", []) + seen.get("form", []), seen.get("leave", []) + seen.get("not", [])
    lost = [address for address in articles if not re.search(links or r"(?!)", address)]
    return lost, [address for address in others if re.search(links or r"(?!)", address)]


def test_every_row_has_been_seen_or_is_known_not_to_be():
    assert set(OBSERVED) | set(NEVER_SEEN) == set(ROWS)
    assert set(OBSERVED) & set(NEVER_SEEN) == set()
    assert all(seen["seen"] for seen in OBSERVED.values())


def test_every_row_that_follows_links_has_articles_that_were_seen_and_addresses_to_leave():
    assert {name for name in FOLLOWING if not {"follow", "form"} & OBSERVED[name].keys()} == set(ARTICLES_NEVER_SEEN)
    assert [name for name in FOLLOWING if not {"leave", "not"} & OBSERVED[name].keys()] == []
    assert [name for name, seen in OBSERVED.items() if {"follow", "form"} & seen.keys() and name not in FOLLOWING] == []
    assert len(FOLLOWING) >= 50
    assert sum(len(seen.get("follow", [])) for seen in OBSERVED.values()) >= 80


@pytest.mark.parametrize("name", OBSERVED)
def test_links_follow_what_was_seen_and_leave_the_rest(name):
    row, seen = ROWS[name], OBSERVED[name]
    assert unquote(row.url) == unquote(seen.get("url", row.url)), "another address than the one that was seen"
    if "like" in seen:
        assert urlsplit(row.url)[:3] == urlsplit(seen["like"])[:3]
    if "url" not in seen and not row.links and row.kind == "page":
        pytest.fail("a single page needs the address that was seen")
    assert wrongly_told(row.links, seen) == ([], [])


@pytest.mark.parametrize("name", FOLLOWING)
def test_a_broken_expression_is_found(name):
    links, seen = ROWS[name].links, OBSERVED[name]
    assert wrongly_told(".", seen)[1], "an expression that follows every link"
    if name in ARTICLES_NEVER_SEEN:
        return
    for broken in ("", links + "gone", re.sub("[a-z]{4,}", "gone", links, count=1)):
        assert wrongly_told(broken, seen)[0], broken


def test_an_expression_follows_no_article_of_another_publisher():
    hosts = {name: _site(ROWS[name].url) for name in FOLLOWING}
    renamed = {"mcf.se": "msb.se"}  # the agency's name before 2026, under which its pages were seen
    other = {
        (name, address)
        for name in FOLLOWING
        for address in EVERY_ADDRESS
        if re.search(ROWS[name].links, address) and _site(address) not in (hosts[name], renamed.get(hosts[name]))
    }
    assert other == set()


def _site(address):
    return ".".join((urlsplit(address).hostname or "").split(".")[-2:])


def test_real_remisser_are_followed(shared):
    lines = (shared / "data/open/g0vse/remisser_2025-2026.jsonl").read_text("utf-8").splitlines()
    addresses = [json.loads(line)["url"] for line in lines]
    assert len(addresses) == 402
    assert [address for address in addresses if not re.search(ROWS["regeringen-remisser"].links, address)] == []


def test_remisser_have_a_spare_that_was_seen():
    spare = ROWS["regeringen-remisser-rss"]
    assert "preFilteredCategories=2099" in spare.url
    assert spare.address == "confirmed"
    assert spare.id in ROWS["regeringen-remisser"].note
    assert "preFilteredCategories=1012" in ROWS["regeringen-eu"].url


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.enabled])
def test_rows_that_are_off_say_why(name):
    assert ROWS[name].note.startswith("Avstängd: ")
    assert len(ROWS[name].note) > 40


# Addresses that each row of the table of publishers was found not to read, or to read wrongly, with what is wanted of them.
MENDED = {
    "boverket": "https://www.boverket.se/sv/bidrag--garantier/smahus-omvandling/",
    "brysselkontoret": "https://www.sbhss.eu/sv/utlysning-med-fokus-pa-att-informera-om-barns-rattigheter/",
    "urbact": "https://urbact.eu/call-our-example",
    "european-urban-initiative": "https://www.urban-initiative.eu/capacity-building/city-to-city-exchanges/call",
    "nordisk-kulturfond": "https://nordiskkulturfond.org/sv/stoedprogram/vart-exempel",
    "tillvaxtverket": "https://tillvaxtverket.se/tillvaxtverket/sokfinansiering/utlysningar/fastautlysningar/regionaltinvesteringsstod.3519.html",
    "jonkoping-university": "https://ju.se/samarbeta/event-och-konferenser/konferens/scai-symposium-2024.html",
    "eacea": "https://www.eacea.ec.europa.eu/grants/2021-2027/creative-europe_en",
}


@pytest.mark.parametrize("name", MENDED)
def test_a_row_that_matched_nothing_reads_its_publishers_pages(name):
    assert re.search(ROWS[name].links, MENDED[name])


@pytest.mark.parametrize("name", ["nordplus", "leader", "region-jonkoping", "pts"])
def test_a_page_that_is_the_call_is_read_itself(name):
    assert ROWS[name].own or not ROWS[name].links


def test_civilt_forsvar_is_read_under_its_new_name():
    assert "mcf.se" in ROWS["civilt-forsvar"].url


def test_leader_covers_the_area_of_three_counties():
    assert ROWS["leader"].place == "Astrid Lindgrens hembygd"
    assert not ROWS["leader"].place.endswith("län")


@pytest.mark.parametrize(
    "name", ["interreg-europe", "europaparlamentet-press", "europaparlamentet-sverige", "eacea", "energimyndigheten-rss"]
)
def test_what_cannot_give_anything_is_off(name):
    assert not ROWS[name].enabled
