"""From a call's link to its page: fetched, read, searched and shown; a new version that changes a fact is told."""

import json
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.call_documents import read_pages
from monitor.calls import Call, Link
from monitor.vocabulary import Kind
from tests.commands import Installation
from tests.documents.fiche import IDENTIFIER, fiche
from tests.documents.files import docx_bytes
from tests.matching.archived import NOW, store_calls

SETTINGS = 'data_dir = "data"\n[network]\nallow_loopback = true\ndelay = 0\ntimeout = 5\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory, publisher):
    """Return an installation with one call, whose conditions link to its document, a form, and a file that is forbidden."""
    home = Installation(tmp_path_factory.mktemp("documents"))
    home.configure(SETTINGS)
    docs = f"{publisher.address}/docs/2021-2027/life"
    links = [
        ("call document", f"{docs}/wp-call/2026/call-fiche_life-2026-test_en.pdf"),
        ("Standard application form", f"{docs}/temp-form/af/af_life_en.docx"),
        ("Annex", f"{publisher.address}/secret/annex.pdf"),
        ("Budget bomb", f"{publisher.address}/bomb.xlsx"),
    ]
    publisher.files = {
        "/docs/2021-2027/life/wp-call/2026/call-fiche_life-2026-test_en.pdf": fiche(),
        "/robots.txt": b"User-agent: *\nDisallow: /secret/",
        "/bomb.xlsx": b"PK\x03\x04 and nothing more",
    }
    call = Call(
        source="test", call_id="1", identifier=IDENTIFIER, title="Towns that store rain", kind=Kind.CALL, language="en",
        url="https://ec.europa.eu/topic/1", attachments=tuple(Link(title=title, url=url) for title, url in links),
    )  # fmt: skip
    (home.folder / "data").mkdir()
    with open_archive(home.archive) as archive:
        store_calls(archive.db, [call])
    return home


def ask(place, *words, days=0):
    done = place.ask(*words, "--json", now=(NOW + timedelta(days=days)).isoformat())
    return done.code, json.loads(done.out)


def test_a_call_that_reaches_nobody_is_fetched_when_it_is_named(place, publisher):
    code, found = ask(place, "documents", "fetch")
    assert (code, found["documents"], publisher.asked) == (0, [], [])
    code, found = ask(place, "documents", "fetch", IDENTIFIER)
    by_name = {row["url"].rpartition("/")[2]: row for row in found["documents"]}
    assert code == 1
    assert {name: row["state"] for name, row in by_name.items()} == {
        "call-fiche_life-2026-test_en.pdf": "read",
        "annex.pdf": "refused",
        "bomb.xlsx": "unreadable",
    }
    assert "robots.txt" in by_name["annex.pdf"]["reason"]
    assert "trasig" in by_name["bomb.xlsx"]["reason"]
    assert by_name["call-fiche_life-2026-test_en.pdf"]["pages"] == 5
    assert "/secret/annex.pdf" not in {path for path, _ in publisher.asked}


def test_pages_are_found_with_their_number(place):
    code, found = ask(place, "search", "storing rain towns")
    assert code == 0
    [page] = [page for page in found["pages"] if page["number"] == 1]
    assert (page["place"], page["title"]) == ("sida 1", "Towns that store rain")
    assert page["calls"] == [{"source": "test", "call_id": "1"}]
    assert "[rain]" in page["snippet"]
    [page] = ask(place, "search", "prefinancing")[1]["pages"]
    assert page["number"] == 5
    assert page["url"].endswith("call-fiche_life-2026-test_en.pdf#page=5")
    assert ask(place, "search", "nosuchword")[1]["pages"] == []


def test_a_document_is_listed_and_shown_page_by_page(place):
    _, listed = ask(place, "documents", "list", IDENTIFIER)
    assert [row["role"] for row in listed["documents"]] == ["call", "other", "other", "form"]
    digest = listed["documents"][0]["hash"]
    _, shown = ask(place, "documents", "show", digest[:10], "--page", "4")
    assert [page["number"] for page in shown["text"]] == [4]
    assert "Municipalities may apply." in shown["text"][0]["text"]
    assert shown["version"] == "Version 1.0 27 January 2026"
    assert place.ask("documents", "show", "ffff").code == 1


def test_show_has_the_documents_and_the_facts_with_their_words(place):
    """Each quote stands in its page letter by letter; what the document says of other money is no fact."""
    _, shown = ask(place, "show", IDENTIFIER)
    assert [row["pages"] for row in shown["documents"]] == [5, None, 0, None]
    facts = {fact["name"]: fact for fact in shown["facts"]}
    said = {name: fact["value"] for name, fact in facts.items() if fact["state"] == "stated"}
    assert said == {
        "municipality": "ja",
        "funder_share": 60,
        "total": [12_000_000, "EUR"],
        "project_max": [500_000, "EUR"],
        "partners": 3,
        "countries": 2,
        "months": [24, 36],
        "stages": 1,
        "language": "en",
    }
    assert {name for name, fact in facts.items() if fact["state"] == "not_found"} == {"own_share", "project_min", "place"}
    assert facts["project_max"]["statements"][0]["quote"] == "The grant for each project is at most EUR 500 000."
    with open_archive(place.archive) as archive:
        for fact in facts.values():
            for one in fact["statements"]:
                [text] = [page["text"] for page in read_pages(archive.db, one["document"]) if page["number"] == one["page"]]
                assert one["quote"], fact
                assert one["quote"] in text, fact
                assert one["place"] == f"sida {one['page']}"


def test_a_file_that_is_the_same_is_not_read_again(place, publisher):
    publisher.asked.clear()
    _, found = ask(place, "documents", "fetch", IDENTIFIER, days=1)
    assert [row["state"] for row in found["documents"]] == ["unchanged", "refused", "unchanged"]
    assert [known for path, known in publisher.asked if path.endswith((".pdf", ".xlsx"))] == [True, True]


def test_a_new_version_that_changes_a_fact_is_a_change(place, publisher):
    """Another version line alone is none."""
    path = next(path for path in publisher.files if path.endswith("_en.pdf"))
    for version, most, changes in (("1.1", "500 000", 0), ("1.2", "750 000", 1)):
        publisher.files[path] = fiche(version=version, most=most)
        _, found = ask(place, "documents", "fetch", IDENTIFIER, days=8)
        assert [row["changes"] for row in found["documents"] if row["state"] == "read"] == [changes]
    _, shown = ask(place, "show", IDENTIFIER)
    [event] = [event for event in shown["events"] if event["type"] == "fact_changed"]
    old, new = json.loads(event["old"]), json.loads(event["new"])
    assert (old["fact"], old["values"], new["values"]) == ("project_max", [[500_000, "EUR"]], [[750_000, "EUR"]])
    assert old["document"] != new["document"]
    with open_archive(place.archive) as archive:
        assert read_pages(archive.db, old["document"]), "the earlier version is kept"


def test_files_placed_by_hand_are_the_calls_own(place):
    """In the folder with the call's identifier; a folder that names no call is told."""
    root = place.folder / "data" / "documents"
    for name in (IDENTIFIER, "NO-SUCH-CALL"):
        (root / name).mkdir(parents=True)
        (root / name / "svar.docx").write_bytes(docx_bytes([("h1", "Vem kan söka"), ("p", "Föreningar kan söka.")]))
    code, found = ask(place, "documents", "fetch", days=9)
    assert code == 1
    assert [(row["url"], row["state"]) for row in found["documents"]] == [
        (f"fil:{IDENTIFIER}/svar.docx", "read"),
        ("fil:NO-SUCH-CALL/svar.docx", "refused"),
    ]
    [municipality] = [fact for fact in ask(place, "show", IDENTIFIER)[1]["facts"] if fact["name"] == "municipality"]
    assert (municipality["state"], municipality["value"]) == ("different", None)
    assert [(one["value"], one["place"]) for one in municipality["statements"]] == [
        ("ja", "sida 4"),
        ("nej", "avsnittet Vem kan söka"),
    ]


def test_import_takes_files_from_anywhere(place, tmp_path):
    file = tmp_path / "bilaga.docx"
    file.write_bytes(docx_bytes([("p", "Bidraget täcker regnbäddar.")]))
    code, found = ask(place, "documents", "import", IDENTIFIER, str(file), days=9)
    assert (code, [row["state"] for row in found["documents"]]) == (0, ["read"])
    assert ask(place, "search", "bidrag regnbäddar")[1]["pages"][0]["title"] == "Bidraget täcker regnbäddar."
