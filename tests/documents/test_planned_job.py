"""From the address of a work programme, or a file placed by hand, to the pages and mails that tell of its planned calls."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import read_page
from monitor.calls import Call
from monitor.jobs.seasons import expected_rounds_for
from monitor.vocabulary import Kind
from tests.commands import Installation
from tests.documents.files import write
from tests.documents.programme import ROWS, boxes_pdf, topics_pdf
from tests.matching.archived import store_calls
from tests.small_rules import write_rules

SETTINGS = 'data_dir = "data"\n[network]\nallow_loopback = true\ndelay = 0\ntimeout = 5\n'
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOWN = "CERV-2027-CITIZENS-TOWN-TT"


@pytest.fixture(scope="module")
def place(tmp_path_factory, publisher):
    """Return an installation that has fetched one programme from its address, and been given another as a file."""
    home = Installation(tmp_path_factory.mktemp("planned"))
    address = f"{publisher.address}/docs/cerv/wp_cerv-2026-2027_en.pdf"
    rules = write_rules(home.folder / "rules")
    home.configure(f'{SETTINGS}\n[documents]\nprogrammes = ["{address}"]\n[rules]\ndir = "{rules}"\n')
    publisher.files = {"/docs/cerv/wp_cerv-2026-2027_en.pdf": topics_pdf()}
    folder = home.folder / "data" / "documents" / "arbetsprogram"
    folder.mkdir(parents=True)
    write(folder, "creative-europe.pdf", boxes_pdf())
    with open_archive(home.archive) as archive:
        store_calls(archive.db, [a_call("0", identifier="CERV-2025-CITIZENS-TOWN-TT", title="Town twinning")])
    return home


def a_call(call_id, **fields):
    return Call(
        source="portal", call_id=call_id, kind=Kind.CALL, language="en", programme="CERV",
        url=f"https://ec.europa.eu/topic/{call_id}", **fields,
    )  # fmt: skip


def ask(place, *words, days=0):
    done = place.ask(*words, "--json", now=(NOW + timedelta(days=days)).isoformat())
    assert done.out, done.err
    return done.code, json.loads(done.out)


def planned(place, days=0):
    return {one["identifier"] or one["title"]: one for one in ask(place, "season", days=days)[1]["planned"]}


def test_programmes_are_fetched_and_taken_in_with_the_documents_of_calls(place, publisher):
    code, found = ask(place, "documents", "fetch")
    assert code == 0
    assert sorted((row["url"].rpartition("/")[2], row["state"]) for row in found["documents"]) == [
        ("creative-europe.pdf", "read"),
        ("wp_cerv-2026-2027_en.pdf", "read"),
    ]
    kept = planned(place)
    assert set(kept) == {*(row[0].partition(":")[0] for row in ROWS), "CREA-CULT-2027-TOOLS", "Stages in small towns"}
    town = kept[TOWN]
    assert (town["opens"], town["closes"], town["amount"]) == (["2027-01-21"] * 2, ["2027-04-22"] * 2, 4_500_000)
    assert (town["place"], town["version"]) == ("sida 3", "Version 1.0 14 November 2026")
    assert town["line"] == (
        "Planerad: öppnar 21 januari 2027, sista dag 22 april 2027, 4,5 miljoner euro, enligt arbetsprogrammet, s. 3"
    )
    with open_archive(place.archive) as archive:
        for one in kept.values():
            assert one["quote"] in read_page(archive.db, one["document"], one["page"])["text"]
    asked = len(publisher.asked)
    assert ask(place, "documents", "fetch", days=1)[1]["documents"][0]["state"] == "unchanged"
    assert len(publisher.asked) == asked, "a programme is asked for once a week"


def test_pages_of_a_programme_are_found_by_search(place):
    [page] = ask(place, "search", "twin towns water guests age")[1]["pages"]
    assert (page["place"], page["calls"]) == ("sida 3", [])


def test_a_department_is_told_in_its_first_mail_of_a_month(place):
    assert {name for name, one in planned(place).items() if one["departments"] == ["kommunledning"]} == {TOWN}
    with open_archive(place.archive) as archive:
        rounds = expected_rounds_for(archive.db, "kommunledning", "2026-W48", datetime(2026, 12, 7, tzinfo=UTC), ("sv", "en"))
    [town] = rounds
    assert town.language == "en"
    assert town.lines["sv"].endswith("enligt arbetsprogrammet, s. 3")
    assert town.lines["en"].startswith("Planned: opens 21 January 2027")


def test_a_new_version_moves_a_plan_and_drops_what_it_leaves_out(place, publisher):
    rows = [(*ROWS[0][:3], "18 March 2027", "10 June 2027"), *ROWS[1:3]]
    [path] = publisher.files
    publisher.files[path] = topics_pdf(rows, version="2.0")
    _, found = ask(place, "documents", "fetch", days=8)
    assert [row["state"] for row in found["documents"]] == ["unchanged", "read"]
    kept = planned(place, days=8)
    assert kept[TOWN]["opens"] == ["2027-03-18"] * 2
    assert kept[TOWN]["version"].startswith("Version 2.0")
    assert "CERV-2028-CHILD" not in kept
    assert "CREA-CULT-2027-TOOLS" in kept


def test_the_call_that_comes_is_joined_and_judged(place):
    came = a_call("1", identifier=TOWN, title="Town twinning 2027")
    with open_archive(place.archive) as archive:
        store_calls(archive.db, [replace(came, opens=date(2027, 3, 18))])
    place.ask("match", now="2027-04-01T12:00")
    town = planned(place, days=130)[TOWN]
    assert (town["code"], town["opened"], town["verdict"]) == (TOWN, "2027-03-18", "kept")
    assert town["line"] == "Enligt arbetsprogrammet, s. 3, skulle den öppna 18 mars 2027, öppnade i mars 2027: planen höll."


def test_a_file_can_be_taken_in_by_command_and_a_wrong_address_is_refused(place, tmp_path):
    file = write(tmp_path, "life.pdf", topics_pdf([("LIFE-2027-TEST-PONDS: Ponds", "LIFE-PJG", "7.00", "20 April 2027", "22 September 2027")], title="LIFE work programme 2025-2027"))  # fmt: skip
    code, found = ask(place, "documents", "programme", str(file), days=9)
    assert code == 0
    assert [row["state"] for row in found["documents"]] == ["read"]
    assert "LIFE-2027-TEST-PONDS" in {one["identifier"] for one in found["planned"]}
    text = place.ask("documents", "programme").out
    assert "Ponds" in text
    settings = Path(place.folder / "monitor.toml")
    settings.write_text(settings.read_text("utf-8").replace('programmes = ["http', 'programmes = ["ftp'), "utf-8")
    refused = place.ask("status")
    assert refused.code == 2
    assert "documents.programmes.1: väntade en adress som https://" in refused.err
