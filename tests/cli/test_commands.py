"""The commands as scripts rely on them: answers, exit codes, where things are printed."""

import json
import subprocess
import sys
from importlib import import_module

import click
import pytest

from monitor.cli import MODULES, monitor
from monitor.config import Config
from monitor.sources import Source
from monitor.validation import SETTINGS
from tests.commands import loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve

NOW = "2026-05-20T12:00"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Return an installation whose archive holds three calls, one of them moved on the second day."""
    from tests.commands import Installation

    place = Installation(tmp_path_factory.mktemp("crawled"))
    rows = [row(1), row(2), row(3, text="<p>Youth exchanges between twin towns.</p>")]
    with serve(lambda asked: Answer(page(rows)) if asked.path == "/search" else Answer(status=404)) as publisher:
        place.configure(loopback_settings(f"{publisher.url}/search"))
        place.fork("crawl", "funding-tenders", now=NOW)
        rows[0] = row(1, deadlines=("2026-10-06",))
        place.fork("crawl", "funding-tenders", now="2026-05-21T12:00")
    return place


@pytest.mark.parametrize(("columns", "width"), [("60", 58), ("400", 98), ("10", 50), ("wide", 78)])
def test_help_is_as_wide_as_the_terminal_and_never_wider_than_one_reads(installation, columns, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    for command in ([], ["rules", "compare"]):
        lines = installation.ask(*command, "--help").out.splitlines()
        assert len(lines) > 5
        assert width - 12 < max(map(len, lines)) <= width


def test_help_loads_nothing_that_it_does_not_need():
    every = "c = click.Context(monitor); [monitor.get_command(c, name) for name in monitor.list_commands(c)]; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import click, sys; from monitor.cli import monitor; {every}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    heavy = {
        "scrapy",
        "twisted",
        "pydantic",
        "rich",
        "datasette",
        "simplemma",
        "lxml",
        "sqlite_utils",
        "feedparser",
        "apscheduler",
    }
    assert not heavy & set(loaded)


@pytest.mark.parametrize("command", [["search", "test"], ["status"]])
def test_a_command_that_reads_loads_nothing_that_writes_tables_or_reads_sources(crawled, command):
    code = (
        "import sys, atexit; from monitor.cli import main; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    asked = crawled.command(*command, now="2026-05-21T12:00")
    outcome = crawled.execute([asked[0], "-c", code, *asked[3:]])
    assert outcome.code == 0, outcome.err
    assert not {"sqlite_utils", "dateutil", "scrapy", "datasette", "simplemma", "lxml"} & set(outcome.err.split())


def test_show_answers_with_all_that_is_known(crawled):
    shown = crawled.ask("show", "life-2026-test-0001", "--json").json
    assert shown["call_id"] == "1TOPICSen"
    assert [event["type"] for event in shown["events"]] == ["new", "deadline_moved"]
    assert [deadline["at"] for deadline in shown["deadlines"]] == ["2026-10-06T15:00:00+00:00"]
    assert len(shown["versions"]) == 2
    text = crawled.ask("show", "1TOPICSen").out
    assert "ny sista dag" in text


@pytest.mark.parametrize("name", ["funding-tenders/2TOPICSen", "2TOPICSen", "LIFE-2026-TEST-0002"])
def test_a_call_is_found_by_what_one_has_at_hand(crawled, name):
    assert crawled.ask("show", name, "--json").json["call_id"] == "2TOPICSen"


def test_a_call_that_is_not_there(crawled):
    outcome = crawled.ask("show", "LIFE-1")
    assert outcome.code == 1
    assert "LIFE-1: finns inte i arkivet" in outcome.err
    assert outcome.out == ""


def test_status_says_whether_a_person_is_needed(crawled):
    outcome = crawled.run("status", "--json", now="2026-05-21T13:00")
    assert outcome.json["calls"] == {"open": 3, "forthcoming": 0, "closed": 0, "total": 3}
    assert outcome.code == 0
    assert outcome.json["attention"] == []
    assert "Utlysningar: 3 öppna" in crawled.ask("status", now="2026-05-21T13:00").out


def test_a_call_that_has_passed_counts_as_closed_whatever_its_last_reading_said(crawled):
    assert crawled.ask("status", "--json", now="2027-01-01T12:00").json["calls"]["closed"] == 3


def test_replay_reads_the_stored_documents_again_without_the_network(crawled):
    outcome = crawled.fork("replay", "funding-tenders", "--json", now="2026-05-21T14:00")
    source = outcome.json["sources"][0]
    assert (source["state"], source["current"], source["new"], source["changed"]) == ("accepted", 3, 0, 0)


def test_replay_of_a_source_that_was_never_read(crawled):
    assert "inga dokument" in crawled.fork("replay", "funding-tenders-bulk").err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("nonsense = 1", "nonsense: okänd nyckel"),
        ("[mail]\nport = 'a'", "mail.port: väntade ett heltal, fann 'a'"),
        ("[mail\n", "är inte giltig TOML"),
        ("[[recipient]]\ndepartment = 'x'\nemail = 'y'", "recipient.1.email: väntade en adress som namn@example.se, fann 'y'"),
        ("[network]\ndelay = 'long'", "network.delay: väntade ett tal, fann 'long'"),
        ("[mail]\ntransport = 'fax'", "mail.transport: väntade 'files' eller 'smtp', fann 'fax'"),
        ("[schedule]\ncrawl = '5'", "schedule.crawl: väntade en tid som 05:30, fann '5'"),
        ("[schedule]\ntime_zone = 'Mars'", "schedule.time_zone: väntade en tidszon som Europe/Stockholm, fann 'Mars'"),
        ("[sources.none]\nurl = 'https://a.se'", "sources.none: ingen källa har det id:t"),
        ("[[source]]\nid = 'funding-tenders'\nkind = 'feed'\nname = 'x'\nurl = 'https://a.se'", "id är upptaget"),
        ("[[source]]\nid = 'x'\nkind = 'feed'\nname = 'x'\nurl = 'ftp://a.se'", "url: väntade"),
        ("[[source]]\nid = 'x'\nkind = 'nosuch'\nname = 'x'\nurl = 'https://a.se'", "ingen spindel läser slaget 'nosuch'"),
    ],
)
def test_wrong_settings_name_file_key_and_what_was_expected(installation, settings, words):
    installation.configure(settings)
    outcome = installation.ask("crawl", "--json", "x" if "nosuch" in settings else "funding-tenders")
    assert outcome.code == 2
    assert words in outcome.err
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


def test_every_field_with_a_form_has_its_expectation_in_swedish():
    """A field whose form is checked is named in an error by its description, which the model has in English."""

    def described(schema):
        if isinstance(schema, dict):
            if "pattern" in schema and "description" in schema:
                yield schema["description"]
            for value in schema.values():
                yield from described(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from described(value)

    found = {text for model in (Config, Source) for text in described(model.model_json_schema())}
    assert len(found) > 8
    assert found - set(SETTINGS.descriptions) == set()


def test_settings_that_are_missing(installation):
    outcome = installation.ask("status")
    assert outcome.code == 2
    assert "går inte att läsa: " in outcome.err


def test_a_moment_that_is_none(installation):
    installation.configure("")
    outcome = installation.ask("status", now="yesterday")
    assert outcome.code == 2
    assert "--now: expected" in outcome.err


def test_two_at_once_the_second_says_locked(installation):
    from monitor.archive import lock

    installation.configure("")
    with lock(installation.folder / "data"):
        outcome = installation.fork("crawl", "funding-tenders")
    assert outcome.code == 3
    assert "ett annat arbete" in outcome.err


def test_an_archive_that_is_none(installation):
    installation.configure("")
    installation.archive.parent.mkdir()
    installation.archive.write_bytes(b"this is no database" * 100)
    outcome = installation.ask("status")
    assert outcome.code == 1
    assert "archive.db: går inte att använda" in outcome.err


def test_init_makes_an_installation_that_works_and_overwrites_nothing(tmp_path):
    command = [sys.executable, "-m", "monitor"]
    made = tmp_path / "eu"
    subprocess.run([*command, "init", str(made)], check=True, capture_output=True)
    assert (made / "rules" / "departments.toml").is_file()
    outcome = subprocess.run(
        [*command, "--config", str(made / "monitor.toml"), "status", "--json"], capture_output=True, text=True, check=False
    )
    assert json.loads(outcome.stdout)["calls"]["total"] == 0
    again = subprocess.run([*command, "init", str(made)], capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "finns redan" in again.stderr


def test_every_command_is_where_its_module_is_said_to_have_it():
    context = click.Context(monitor)
    for module, names in MODULES.items():
        found = {one for one in vars(import_module(f"monitor.cli.{module}")).values() if isinstance(one, click.Command)}
        inside = {one for group in found if isinstance(group, click.Group) for one in group.commands.values()}
        assert {one.name for one in found - inside} == set(names)
        assert all(monitor.get_command(context, name) in found for name in names)
    assert monitor.get_command(context, "no-such-command") is None
