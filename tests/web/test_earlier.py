"""The page of a call and the mail tell who was funded in the round before, and nothing when no row says it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.archive import open_archive
from monitor.archive.calls import load_call
from monitor.archive.runs import SourceRun, store_run
from monitor.awards.promises import Promise, save_promises
from monitor.awards.seasons import Basis, Forecast
from monitor.awards.store import import_source, open_awards
from monitor.calls import Notice
from tests.awards import files
from tests.awards.test_history import portal
from tests.web.sample import NOW
from tests.web.test_history import words

WHEN = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def funded(site, tmp_path):
    """Import six projects of the round before of one call of the sample."""
    answer = portal(
        [2025] * 6, grants=[300000, 400000, 600000, 600000, 900000, 1200000], owners=["UPPSALA KOMMUN", "<b>EVIL</b>"]
    )
    for row in answer["results"]:
        row["metadata"]["topicAbbreviation"] = ["CERV-2025-TVA-STEG"]
        row["metadata"]["title"] = ["<script>alert(1)</script> Wetlands"]
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(db, "portal", [files.write_json(tmp_path / "cerv.1.json", answer)], WHEN)
    return "/utlysning/portal/two-stage"


def test_a_call_without_known_projects_says_nothing(browser):
    assert "Vilka fick pengar" not in browser.get("/utlysning/portal/two-stage").text


def test_the_page_tells_amounts_and_municipalities(browser, funded):
    page = browser.get(funded)
    assert page.status_code == 200
    assert (
        "Förra omgången (2025) fick 6 projekt 0,3–1,1 miljoner euro var (hälften fick minst 0,6). Svenska kommuner: Uppsala 2025."
        in page.text
    )
    assert "<script>alert" not in page.text
    assert "<b>EVIL" not in page.text
    english = browser.get(funded, params={"lang": "en"}).text
    assert "Who was funded last time" in english
    assert "In the last round (2025), 6 projects got 0.3–1.1 million euro each" in english


def test_the_page_shows_projects_on_the_same_subjects_and_which(browser, site, tmp_path):
    answer = portal([2024] * 2, owners=["UPPSALA KOMMUN", "<b>EVIL</b>"])
    for row, objective in zip(answer["results"], ("Libraries care for cultural heritage.", "Harbours for ships."), strict=True):
        row["metadata"] |= {
            "topicAbbreviation": ["CREA-2024-OTHER"],
            "title": ["<i>Books</i> & stones"],
            "objective": [objective],
        }
    with open_awards(site.config.data_dir / "awards.db") as db:
        import_source(db, "portal", [files.write_json(tmp_path / "crea.1.json", answer)], WHEN)
    page = browser.get("/utlysning/portal/two-stage")
    text = words(page.text)
    assert "Liknande projekt som har fått pengar &lt;i&gt;Books&lt;/i&gt; &amp; stones LIFE 2024 · 600 000 EUR" in text
    assert "Gemensamt: kulturarv, bibliotek" in text
    assert "EVIL" not in page.text
    assert "Vilka fick pengar förra gången" not in page.text
    assert f'href="{row_url(answer)}"' in page.text
    english = words(browser.get("/utlysning/portal/two-stage", params={"lang": "en"}).text)
    assert "Similar projects that were funded" in english
    assert "In common: cultural heritage, library" in english
    assert "Liknande projekt" not in browser.get("/utlysning/portal/news-1").text


def row_url(answer):
    """Return the page of the first project at the publisher."""
    key = answer["results"][0]["metadata"]["projectId"][0]
    return f"https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/projects-details/43252405/{key}"


def test_a_damaged_file_leaves_the_page_as_it_was(browser, site, funded):
    (site.config.data_dir / "awards.db").write_bytes(b"x" * 5000)
    page = browser.get(funded)
    assert page.status_code == 200
    assert "Vilka fick pengar" not in page.text


def test_the_page_tells_how_many_applied_the_time_before(browser, site):
    with open_archive(site.config.archive) as archive:
        call = load_call(archive.db, "portal", "two-stage")
        before = replace(
            call,
            call_id="before",
            identifier="CERV-2024-TVA-STEG",
            notices=(Notice(at=None, text="Number of proposals submitted: 112 Number of funded proposals: 14"),),
        )
        run = SourceRun(
            source="portal", name="Portalen", publisher="EU", kind="portal", url="https://portal.example.org", language="en",
            started=NOW, finished=NOW, state="degraded", reason="", complete_list=False, seen=1, calls=(before,),
        )  # fmt: skip
        store_run(archive.db, run, now=NOW)
    page = browser.get("/utlysning/portal/two-stage").text
    assert "112 ansökte, 14 fick (12 procent)" in page
    assert "CERV-2024-TVA-STEG" in page
    assert "112 applied, 14 got it (12 per cent)" in browser.get("/utlysning/portal/two-stage", params={"lang": "en"}).text


def test_what_was_expected_of_a_call_and_what_is_expected_next(browser, site):
    forecast = Forecast(
        family="CERV-TVA-STEG", title="Two <i>steps</i>", programme="CERV", year=2026, month=date(2026, 3, 1), earliest=date(2026, 3, 1),
        latest=date(2026, 4, 1), years=(2024, 2025), dated=2, basis=Basis.FAMILY, latest_code="CERV-2025-TVA-STEG",
    )  # fmt: skip
    department = next(iter(site.rules.departments))
    with open_archive(site.config.archive) as archive:
        code = load_call(archive.db, "portal", "two-stage").identifier
        assert code == "CERV-2026-TVA-STEG"
        ahead = replace(forecast, year=2099, month=date(2099, 3, 1), earliest=date(2099, 3, 1), latest=date(2099, 4, 1))
        save_promises(
            archive.db,
            [Promise(forecast=one, departments=(department,), made=date(2025, 12, 1)) for one in (forecast, ahead)],
        )
    call = browser.get("/utlysning/portal/two-stage").text
    assert "Väntades i mars 2026" in call
    page = browser.get(f"/forvaltning/{department}").text
    assert "Kommer troligen" in page
    assert "Brukar öppna mellan mars och april, oftast i mars, nästa 2099 (två år i rad)" in page
    assert "<i>steps" not in page
    assert "Likely to come" in browser.get(f"/forvaltning/{department}", params={"lang": "en"}).text
