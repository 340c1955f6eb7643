"""docs/json.md and the answers hold each other: every key of an answer is documented, every documented key is in an answer."""

import re
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.archive import open_archive
from monitor.archive.award_decisions import store_award_decision
from monitor.archive.projects import Project, ReportingDay, store_project
from monitor.awards.installation import awards_path, home_municipality
from monitor.awards.store import import_source, open_awards
from monitor.calls import CallKey
from monitor.config import load_config
from monitor.vocabulary import Answer, FollowState, Kind, Level, RunState, Status
from monitor.web.framework.request import Site
from tests.commands import Installation
from tests.documents.kept import add_fiche
from tests.web.conftest import Browser, FakeJobs
from tests.web.sample import NOW, make_sample
from tests.web.test_history import write_home_projects

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs" / "json.md").read_text("utf-8")
MOMENT = "2026-05-21T12:00"


def is_time(value):
    return isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo is not None


def is_day(value):
    return isinstance(value, str) and date.fromisoformat(value) is not None


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


TYPES = {
    "text": lambda value: isinstance(value, str),
    "text, number or list": lambda value: isinstance(value, str | list) or is_number(value),
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "time": is_time,
    "day": is_day,
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "list of text": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "list of number": lambda value: isinstance(value, list) and all(is_number(item) for item in value),
    "list of time": lambda value: isinstance(value, list) and all(is_time(item) for item in value),
}


@dataclass
class Documented:
    """Section of the document: the type of each key, by its path."""

    types: dict[str, str] = field(default_factory=dict)


def sections():
    found = {}
    for title, text in re.findall(r"^## `([^`]+)`\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text, re.MULTILINE)
        assert len(dict(rows)) == len(rows), f"{title}: a key is there twice"
        found[title] = Documented({key: kind.strip() for key, kind in rows})
    return found


SECTIONS = sections()
CHOICES = {name: re.findall(r"`(\w+)`", names) for name, names in re.findall(r"^- `(<\w+>)`: (.*)$", DOCUMENT, re.MULTILINE)}


def pattern(key):
    """Return the regular expression of a documented path."""
    parts = re.split(r"(<\w+>)", key)
    return re.compile("".join(_part(part) for part in parts))


def _part(part):
    if not part.startswith("<"):
        return re.escape(part)
    return f"(?:{'|'.join(CHOICES[part])})" if part in CHOICES else r"[^.\[\]]+"


def values(answer, path=""):
    """Yield path and value of each key, wherever in the answer."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield f"{path}.{key}" if path else key, value
            yield from values(value, f"{path}.{key}" if path else key)
    elif isinstance(answer, list):
        for item in answer:
            yield from values(item, f"{path}[]")


def holds(kind, value):
    if kind.endswith(" or null"):
        return value is None or holds(kind.removesuffix(" or null"), value)
    return TYPES[kind](value)


# Contents that another part of the document or nobody relies on: only the key itself is documented.
OPEN_ENDED = {"corrections", "stories", "mail_trouble", "jobs", "backup", "canary"}


def compare(title, answers):
    """Return what document and answers disagree on."""
    documented = SECTIONS[title].types
    patterns = {key: pattern(key) for key in documented}
    troubles, seen = [], set()
    for answer in answers:
        for path, value in values(answer):
            if re.split(r"[.\[]", path)[0] in OPEN_ENDED and path not in OPEN_ENDED:
                continue
            keys = [key for key, expression in patterns.items() if expression.fullmatch(path)]
            if not keys:
                troubles.append(f"{path}: not documented")
                continue
            seen.update(keys)
            if not holds(documented[keys[0]], value):
                troubles.append(f"{path}: {value!r} is no {documented[keys[0]]}")
    troubles += [f"{key}: in no answer" for key in documented if key not in seen]
    return sorted(set(troubles))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("json") / "installation"
    config = make_sample(folder)
    with open_archive(config.archive) as archive:
        reports = (ReportingDay(date(2026, 12, 1), "delrapport"),)
        project = Project(
            department="kultur-fritid", source="portal", call_id="two-stage", currency="EUR", applied_amount=5, granted_amount=4,
            own_amount=1, reports=reports,
        )  # fmt: skip
        store_project(archive.db, project, "beviljad", note="", who="", now=NOW)
        add_fiche(archive.db, CallKey("portal", "two-stage"), folder)
        store_award_decision(archive.db, "pic:951111111", home_municipality(config), belongs=True, who="Anna", now=NOW)
    with open_awards(awards_path(config)) as db:
        import_source(db, "portal", [write_home_projects(folder / "life.1.json")], NOW)
    return Installation(folder)


@pytest.fixture(scope="module")
def browser(place):
    config = load_config(place.folder / "monitor.toml")
    site = Site(config, lambda: NOW, FakeJobs(config))
    made = Browser(site)
    yield made
    made.close()
    site.archive.close()


ADDRESSES = {
    "GET /sok.json": ("/sok.json?q=bibliotek", "/sok.json?typ=event", "/sok.json"),
    "GET /arkiv.json": ("/arkiv.json",),
    "GET /uppfoljning.json": ("/uppfoljning.json", "/uppfoljning.json?fran=2027-01-01&till=2027-12-31"),
}
COMMANDS = {
    "monitor search QUERY --json": (("search", "bibliotek"), ("search", "biblotek"), ("search", "prefinancing")),
    "monitor show CALL --json": (("show", "portal/two-stage"), ("show", "norden/norden-000")),
    "monitor why CALL --department ID --json": (
        ("why", "portal/two-stage", "--department", "social"),
        ("why", "portal/two-stage", "--department", "kultur-fritid"),
    ),
    "monitor status --json": (("status",),),
}


def test_every_section_is_asked_for():
    assert set(SECTIONS) == {*ADDRESSES, *COMMANDS}
    assert all(len(section.types) > 8 for section in SECTIONS.values())


@pytest.mark.parametrize("title", ADDRESSES)
def test_pages_answer_with_the_documented_keys_and_types(browser, title):
    answers = [browser.get(address) for address in ADDRESSES[title]]
    assert {answer.status_code for answer in answers} == {200}
    assert compare(title, [answer.json() for answer in answers]) == []


@pytest.mark.parametrize("title", COMMANDS)
def test_commands_answer_with_the_documented_keys_and_types(place, title):
    answers = [place.ask(*arguments, "--json", now=MOMENT).json for arguments in COMMANDS[title]]
    assert compare(title, answers) == []


def test_all_departments_of_why_are_objects_of_the_same_form(place):
    answer = place.ask("why", "portal/two-stage", "--json", now=MOMENT).json
    assert set(answer) == {"call", "departments"}
    one = "monitor why CALL --department ID --json"
    assert [trouble for trouble in compare(one, answer["departments"]) if "in no answer" not in trouble] == []


@pytest.mark.parametrize(
    "row", re.findall(r"^\| `monitor (\w+) --json` \| (.*) \|$", DOCUMENT, re.MULTILINE), ids=lambda row: row[0]
)
def test_jobs_answer_with_the_keys_of_the_table(place, tmp_path, row):
    command, cell = row
    folder = tmp_path / "installation"
    shutil.copytree(place.folder, folder)
    more = {"doctor": ("--offline",), "analyse": ("ungdomsutbyte",), "plan": ("portal/rolling",)}.get(command, ())
    answer = Installation(folder).ask(command, *more, "--json", now=MOMENT).json
    names = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", cell.partition(": each with")[0]))
    assert list(answer) == names
    inner = re.findall(r"`(\w+)`", cell.partition(": each with")[2])
    if inner:
        assert set(answer[names[0]][0]) == set(inner)


def test_machine_values_say_the_same_as_the_texts_beside_them(browser):
    hits = browser.get("/sok.json").json()["hits"]
    rules = browser.site.rules
    assert len(hits) > 100
    for hit in hits:
        assert re.search(r"/u/[0-9]+$", hit["page"])
        assert browser.site.source_name(hit["source_id"]) == hit["source"]
        names = [rules.departments[name].name for name in hit["department_ids"]]
        assert ", ".join(names) == hit["departments"]
        assert (hit["next_deadline_at"] or "")[:16].replace("T", " ") == hit["next_deadline"]
        assert (hit["opens_on"] or "") == hit["opens"]
        if hit["programme_id"]:
            assert rules.programmes[hit["programme_id"]].name == hit["programme"]
    assert {hit["status"] for hit in hits if hit["status_id"] == "open" and hit["kind_id"] == "call"} == {"Öppen"}
    assert any(len(hit["department_ids"]) > 1 for hit in hits)
    assert any(hit["theme_ids"] for hit in hits)


def test_few_hits_and_many_have_the_same_themes(browser):
    """The archive is asked once for many calls, and call by call for few."""
    all_hits = {(hit["source_id"], hit["call_id"]): hit["theme_ids"] for hit in browser.get("/sok.json").json()["hits"]}
    few = browser.get("/sok.json?q=bibliotek&kalla=portal").json()["hits"]
    assert 0 < len(few) < 50
    assert all(sorted(hit["theme_ids"]) == sorted(all_hits[hit["source_id"], hit["call_id"]]) for hit in few)


@pytest.mark.parametrize(
    ("key", "members"),
    [
        ("`kind`, `kind_id`", Kind),
        ("`status`, `status_id`", Status),
        ("`level`", Level),
        ("`state` of a project", FollowState),
        ("`answer` of a department", Answer),
        ("`state` of a source", RunState),
    ],
)
def test_the_values_that_are_listed_are_all_there_are(key, members):
    section = DOCUMENT.partition("## Values")[2].partition("\n## ")[0]
    (cell,) = re.findall(rf"^\| {re.escape(key)} \| (.*) \|$", section, re.MULTILINE)
    assert sorted(re.findall(r"`([\w-]+)`", cell)) == sorted(member.value for member in members)
