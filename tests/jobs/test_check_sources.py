"""`sources check --all`: every row is read once, and told to work or what to do about it; the report names nobody."""

import json
import pickle
import tomllib
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from monitor.archive import open_archive
from monitor.archive.source_checks import list_checks
from monitor.collect.verdicts import SourceCheck
from monitor.config import load_config
from monitor.jobs import check_sources, seek_sources
from monitor.sources import Source
from monitor.vocabulary import Verdict
from tests import twelve_sites
from tests.commands import Installation
from tests.forked import run_function
from tests.publishers import serve

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)
VERDICTS = {
    "fungerar": "works",
    "tunn": "thin",
    "flyttad": "moved",
    "borta": "moved",
    "gjord-om": "remade",
    "tom": "empty",
    "skript": "scripted",
    "sparrad": "walled",
    "dod": "dead",
}
ROW = '[[source]]\nid = "{id}"\nkind = "{kind}"\nname = "{id}"\nurl = "{url}"\nlinks = \'{links}\'\npublishes = ["{publishes}"]\n'


def check(settings, answer):
    """Check the installation's own rows in a process of its own, and store what was found."""
    told = []
    checks = check_sources.SourceChecks(load_config(settings), NOW, lambda checked, number, total: told.append((number, total)))
    done = checks.run(source for source in load_config(settings).sources if source.id in VERDICTS)
    answer.write_bytes(pickle.dumps((done, told)))


def rows(urls):
    calls = r"/stod/utlysningar/[^/?#]+"
    yield {"id": "fungerar", "url": f"{urls['umbraco']}/stod/utlysningar", "links": calls}
    yield {"id": "tunn", "url": f"{urls['finished']}/calls", "links": "/calls/[^/?#]+"}
    yield {"id": "flyttad", "url": f"{urls['moved']}/", "links": calls}
    yield {"id": "borta", "url": f"{urls['umbraco']}/stod/gamla/", "links": calls}
    yield {"id": "gjord-om", "url": f"{urls['static']}/calls/index.html", "links": "/utlysning/[^/?#]+"}
    yield {"id": "tom", "url": f"{urls['wordpress']}/feed/", "kind": "feed"}
    yield {"id": "skript", "url": f"{urls['scripted']}/", "links": "/x/[^/?#]+"}
    yield {"id": "sparrad", "url": f"{urls['walled']}/"}
    yield {"id": "dod", "url": "http://127.0.0.1:9/"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Return the installation, and the judgement of each of its rows by id."""
    place = Installation(tmp_path_factory.mktemp("checked"))
    names = ("umbraco", "static", "wordpress", "scripted", "walled", "finished")
    with ExitStack() as stack:
        urls = {name: stack.enter_context(serve(getattr(twelve_sites, name)().respond)).url for name in names}
        urls["moved"] = stack.enter_context(serve(twelve_sites.moved_to(f"{urls['umbraco']}/stod/utlysningar").respond)).url
        text = "# Vår fil\n[municipality]\nname = 'Hemliga kommun'\ncontact = 'anna.svensson@hemlig.se'\n[network]\nallow_loopback = true\n"
        own = "".join(ROW.format(**{"kind": "page", "links": "", "publishes": "call", **row}) for row in rows(urls))
        place.configure(f"{text}delay = 0\nretries = 0\n{own}")
        run_function(check, place.folder / "monitor.toml", place.folder / "done")
    done, told = pickle.loads((place.folder / "done").read_bytes())
    return place, {one.source.id: one for one in done}, told, urls


def test_each_fault_of_a_source_has_its_verdict_and_something_to_do(checked):
    _, done, told, _ = checked
    assert {name: check_sources.verdict_of(one).value for name, one in done.items()} == VERDICTS
    assert all(check_sources.describe_todo(one) for one in done.values())
    assert told == [(number, len(VERDICTS)) for number in range(1, len(VERDICTS) + 1)], "progress counts every source"


def test_another_row_of_the_same_site_is_named_where_a_source_gives_nothing_any_more(checked):
    _, done, _, urls = checked
    assert (
        check_sources.describe_todo(done["flyttad"])
        == f'Sidan har flyttat. Ändra till url = "{urls["umbraco"]}/stod/utlysningar"'
    )
    for name, address in (("borta", f"{urls['umbraco']}/stod/utlysningar"), ("gjord-om", f"{urls['static']}/calls/index.html")):
        assert (
            f"monitor sources check {name} --set kind='page' --set url='{address}' --set links="
            in check_sources.describe_todo(done[name])
        )
    assert done["tom"].found["row"]["url"].endswith("/feed/?post_type=artikel")
    assert done["sparrad"].found == {}, "a walled site is not searched"


def test_the_report_may_be_sent_on(checked):
    place, done, _, urls = checked
    report = check_sources.report_checks(done.values(), NOW)
    text = json.dumps(report, ensure_ascii=False)
    assert report["counts"] == {"works": 1, "thin": 1, "moved": 2, "remade": 1, "empty": 1, "scripted": 1, "walled": 1, "dead": 1}
    secrets = ("Hemliga", "anna", "hemlig.se", str(place.folder), "Stöd till", *urls.values(), "fungerar", "sparrad")
    assert [secret for secret in secrets if secret in text] == [], "own rows have neither name nor address"


def test_the_command_shows_the_table_and_writes_what_works(checked, monkeypatch):
    place, done, _, _ = checked
    monkeypatch.setattr(check_sources, "check_all", lambda *_, **__: list(done.values()))
    outcome = place.ask("sources", "check", "--all", "--write", now="2026-05-20T08:00")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert lines[1].startswith("fungerar         fungerar ")
    assert (
        "9 källor: 1 fungerar, 1 fungerar, tunn, 2 har flyttat, 1 gjord om, 1 tom, 1 byggs av skript, 1 spärrad, 1 svarar inte."
        in lines
    )
    text = (place.folder / "monitor.toml").read_text("utf-8")
    assert text.startswith("# Vår fil\n")
    written = {row["id"]: row.get("confirmed_by") for row in tomllib.loads(text)["source"]}
    assert written == {name: "reading" if name == "fungerar" else None for name in VERDICTS}
    assert place.ask("sources", "check", "--all", "--json").json["counts"]["works"] == 1


def test_what_the_installation_has_tried_itself_is_kept_and_told_beside_the_shipped_confirmation(checked, monkeypatch):
    place, done, _, urls = checked
    monkeypatch.setattr(check_sources, "check_all", lambda *_, **__: list(done.values()))
    place.ask("sources", "check", "--all", now="2026-05-21T08:00")
    listed = {row["id"]: row for row in place.ask("sources", "--json").json["sources"]}
    tried = {name: listed[name]["checked"] for name in VERDICTS}
    assert {name: one["verdict"] for name, one in tried.items()} == VERDICTS
    assert (tried["fungerar"]["way"], tried["fungerar"]["at"][:10]) == ("reading", "2026-05-21")
    assert tried["fungerar"]["items"] == done["fungerar"].check.items > 0
    assert listed["mucf"]["checked"] is None
    lines = {line.split()[0]: line for line in place.ask("sources").out.splitlines() if not line.startswith(" ")}
    assert lines["sparrad"].endswith("adressen har ingen sett; prövad här 2026-05-21: spärrad")
    assert lines["mucf"].endswith("bekräftad 2026-10-01 (öppen kod)")
    with open_archive(place.folder / "data" / "archive.db") as archive:
        other = dict.fromkeys(VERDICTS, f"{urls['umbraco']}/annan")
        assert list_checks(archive.db, other) == {}, "the result holds for the address that was read alone"


@pytest.mark.parametrize(
    "wrong",
    [("check",), ("check", "mucf", "--all"), ("check", "--all", "--set", "url=https://x.se"), ("check", "mucf", "--write")],
)
def test_all_and_one_exclude_each_other(tmp_path, wrong):
    place = Installation(tmp_path)
    place.configure("")
    assert place.ask("sources", *wrong).code == 2


def found_alone(links, *, browser=False):
    """Return a source with a list whose site gave the list page alone, with little text."""
    row = {"id": "moln", "kind": "page", "name": "Moln", "url": "https://moln.se/stod/", "links": links, "browser": browser}
    source = Source.model_validate(row)
    lost = SourceCheck(Verdict.REMADE, "", "Titta närmare.", (), items=0, ahead=0, newest=None, thin=0)
    found = {
        "row": {"id": "ny", "kind": "page", "url": "https://moln.se/stod/"},
        "sure": False,
        "doubts": ["Posterna har nästan ingen text.", "Ingenting har en dag framåt just nu."],
        "items": 1,
        "ahead": 0,
        "newest": None,
    }
    return check_sources.CheckedSource(source, lost, found=found)


def test_a_found_page_alone_is_told_with_the_keys_that_it_empties_and_its_doubts():
    todo = check_sources.describe_todo(found_alone("/stod/[^/]+"))
    assert "--set kind='page' --set url='https://moln.se/stod/' --set links=''" in todo
    assert "--set browser" not in todo
    assert todo.endswith("Osäkert: Posterna har nästan ingen text. Ingenting har en dag framåt just nu.")
    assert "--set browser=false" in check_sources.describe_todo(found_alone("/stod/[^/]+", browser=True))
    assert "links" not in check_sources.describe_todo(found_alone("")), "nothing is emptied"
    assert check_sources._found_keys(found_alone("/stod/[^/]+"))["links"] == ""


def test_a_list_page_alone_is_known_as_such():
    source = found_alone("/stod/[^/]+").source
    assert check_sources.is_list_alone({"kind": "page", "url": "https://moln.se/stod"}, source)
    assert not check_sources.is_list_alone({"kind": "page", "url": "https://moln.se/stod/", "links": "/x"}, source)
    assert not check_sources.is_list_alone({"kind": "page", "url": "https://moln.se/bidrag/"}, source)
    assert not check_sources.is_list_alone({"kind": "page", "url": "https://moln.se/stod/"}, found_alone("").source)
    assert not seek_sources._may_replace({"row": {"kind": "page", "url": source.url}, "sure": False}, source)
    assert seek_sources._may_replace({"row": {"kind": "page", "url": source.url}, "sure": True}, source)
    assert seek_sources._may_replace({"row": {"kind": "feed", "url": f"{source.url}feed/"}, "sure": False}, source)
