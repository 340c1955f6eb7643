"""Files for strangers: the licence, contributing, security, the index of the documents, the glossary."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor import vocabulary
from monitor.calls import DeadlineModel
from monitor.vocabulary import Kind, Status

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
GLOSSARY = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    if line.startswith("| ")
]
LABELS = {
    "kind": {kind: label.one for kind, label in vocabulary.KIND_LABELS.items()},
    "status": vocabulary.STATUS_LABELS,
    "change": {change: label.page for change, label in vocabulary.CHANGE_LABELS.items()},
    "level": vocabulary.LEVEL_LABELS,
    "answer": {answer: label.button for answer, label in vocabulary.ANSWER_LABELS.items()},
    "state": vocabulary.FOLLOW_STATE_LABELS,
    "section": {section: label.page for section, label in vocabulary.SECTION_LABELS.items()},
    "mail": vocabulary.MAIL_LABELS,
    "run": {state: label.page for state, label in vocabulary.RUN_STATE_LABELS.items()},
}


def test_the_licence_is_the_whole_text_of_the_one_that_the_project_names():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert PROJECT["license"] == "EUPL-1.2"
    assert PROJECT["license-files"] == ["LICENSE"]
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\nEUPL © the European Union 2007, 2016\n")
    assert re.findall(r"^(\d+)\. [A-Z]", text, re.MULTILINE) == [str(number) for number in range(1, 16)]
    assert len(re.findall(r"^— .*v\. \d|LiLiQ-R\+", text.partition("Appendix\n")[2], re.MULTILINE)) == 10
    assert text.endswith("All other changes or additions to this Appendix require the production of a new EUPL version.\n")


def test_every_document_is_in_the_index():
    index = set(re.findall(r"\]\(([^)]+)\)", (ROOT / "docs" / "README.md").read_text("utf-8")))
    documents = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert documents <= index
    assert {f"../{name}" for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")} <= index


@pytest.mark.parametrize(
    ("value", "label"),
    [
        pytest.param(value, label.casefold(), id=f"{name}-{value}")
        for name, labels in LABELS.items()
        for value, label in labels.items()
    ],
)
def test_the_glossary_has_the_words_of_pages_and_mails(value, label):
    assert [row for row in GLOSSARY if f"`{value}`" in row[0] + row[2] and label in (row[1] + row[2]).casefold()]


@pytest.mark.parametrize("member", [*Kind, *Status, *DeadlineModel], ids=lambda member: f"{type(member).__name__}-{member}")
def test_the_glossary_has_every_value_of_a_call(member):
    assert [row for row in GLOSSARY if f"`{member.value}`" in row[0]]


def test_files_that_the_security_page_names_are_there():
    named = re.findall(r"`((?:monitor|deploy|spiders)/[\w./-]+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []
