"""Rows against addresses that were really seen: `links` follows those of articles and leaves the others."""

import re
import tomllib

import pytest

from monitor.config import load_config
from tests.conftest import ROOT

OBSERVED = tomllib.loads((ROOT / "tests" / "sources" / "observed.toml").read_text("utf-8"))
ROWS = {row.id: row for row in load_config(None).sources}


def test_observed_addresses_are_of_rows_that_exist():
    assert set(OBSERVED) <= set(ROWS)
    assert len(OBSERVED) >= 35
    assert all(seen["seen"] for seen in OBSERVED.values())


@pytest.mark.parametrize("name", OBSERVED)
def test_links_follow_what_was_seen_and_leave_the_rest(name):
    row, seen = ROWS[name], OBSERVED[name]
    assert row.url == seen.get("url", row.url), "another address than the one that was seen"
    if "url" not in seen and not row.links and row.kind == "page":
        pytest.fail("a single page needs the address that was seen")
    follow, leave = seen.get("follow", []) + seen.get("form", []), seen.get("leave", []) + seen.get("not", [])
    assert [address for address in follow if not re.search(row.links or r"(?!)", address)] == []
    assert [address for address in leave if re.search(row.links or r"(?!)", address)] == []


def test_most_rows_that_follow_links_have_addresses_that_were_seen():
    following = [row.id for row in ROWS.values() if row.links]
    assert sum(bool({"follow", "form"} & OBSERVED.get(name, {}).keys()) for name in following) >= 24


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
