"""Pages and feeds handle every member of every vocabulary, in Swedish and in English."""

import html
import json
import re
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call
from monitor.translation import has_translation, translate
from monitor.vocabulary import CHANGE_LABELS, KIND_LABELS, SECTION_LABELS, STATUS_LABELS, ChangeType, Kind, MailSection, Status
from tests.test_vocabulary import values_of
from tests.web.sample import NOW


def in_language(label, language):
    return translate(label, language)


def text_of(browser, path, language, **parameters):
    answer = browser.get(path, params={**parameters, **({"lang": "en"} if language == "en" else {})})
    assert answer.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def filled(browser, site):
    """Return a browser for an archive with an item of every kind; the call has a change of every type, told in every section."""
    calls = tuple(
        Call(
            source="slag",
            call_id=kind.value,
            title=f"Stöd {kind.value}",
            url=f"https://example.se/{kind.value}",
            kind=kind,
            starts=NOW,
        )
        for kind in Kind
    )
    run = SourceRun(
        source="slag", name="Slag", publisher="", kind="feed", url="", language="sv", started=NOW, finished=NOW,
        state="accepted", reason="", complete_list=True, seen=len(calls), calls=calls,
    )  # fmt: skip
    with open_archive(site.config.archive) as archive:
        store_run(archive.db, run, NOW)
        number = archive.db.execute("SELECT max(id) FROM runs").fetchone()[0]
        for kind in ChangeType:
            archive.db.execute(
                "INSERT INTO events (source, call_id, run, at, type, old, new, baseline) VALUES ('slag', 'call', ?, ?, ?, ?, ?, 0)",
                [number, (NOW + timedelta(minutes=1)).isoformat(), kind.value, *values_of(kind)],
            )
    return browser


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_of_a_call_names_a_change_of_every_type(filled, language):
    text = text_of(filled, "/utlysning/slag/call", language)
    assert [kind for kind in ChangeType if in_language(CHANGE_LABELS[kind].page, language) not in text] == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_search_names_every_kind_and_status(filled, language):
    text = text_of(filled, "/sok", language)
    assert [kind for kind in Kind if in_language(KIND_LABELS[kind].many, language) not in text] == []
    for status in Status:
        assert in_language(STATUS_LABELS[status], language) in text_of(filled, "/sok", language, status=status.value)


def test_every_kind_has_a_page_and_is_in_the_feeds(filled):
    for kind in Kind:
        assert f"Stöd {kind.value}" in text_of(filled, f"/utlysning/slag/{kind.value}", "sv")
    items, atom = json.loads(filled.get("/arkiv.json").text)["items"], filled.get("/arkiv.atom").text
    assert [kind for kind in Kind if [kind.value] not in [item["tags"] for item in items]] == []
    assert [kind for kind in Kind if f'<category term="{kind.value}"/>' not in atom] == []


def test_every_section_of_a_mail_has_english():
    assert [section for section in MailSection if not has_translation(SECTION_LABELS[section].page, "en")] == []
