"""Dossiers in the archive: numbers are read once for each state of an item, and its page names the others of its matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.dossiers import list_dossiers, read_references
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call, CallKey, Deadline, Section
from monitor.language.dossiers import Phase
from monitor.vocabulary import Kind

NOW = datetime(2026, 5, 20, 8, tzinfo=UTC)


def item(call_id, title, day, text="", **more):
    published = datetime.fromisoformat(day).replace(tzinfo=UTC)
    address = f"https://example.se/{call_id}"
    return Call(
        source="policy",
        call_id=call_id,
        title=title,
        url=address,
        kind=Kind.POLICY,
        published=published,
        sections=(Section(title="", text=text),),
        **more,
    )


ITEMS = [
    item("forslag", "Proposal for a Regulation on soil COM(2025) 360", "2025-07-02"),
    item("fpm", "Faktapromemoria 2025/26:FPM12 Förordning om mark", "2025-09-10", "Kommissionen lade fram KOM(2025)0360 den 2 juli. Dnr KN2025/01234."),
    item("remiss", "Remiss om förordning om mark", "2025-09-20", "Diarienummer KN2025/01234. Svar senast den 3 november.",
         deadlines=(Deadline(at=datetime(2025, 11, 3, 23, tzinfo=UTC), text="3 november"),)),
    item("annat", "Proposal for a Directive on water COM(2025) 361", "2025-07-02"),
]  # fmt: skip


def store(archive, calls, at=NOW):
    run = SourceRun(
        source="policy", name="Policy", publisher="", kind="feed", url="https://example.se", language="sv", started=at, finished=at,
        state="accepted", reason="", complete_list=False, seen=len(calls), calls=tuple(calls),
    )  # fmt: skip
    store_run(archive.db, run, at)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with open_archive(tmp_path_factory.mktemp("dossiers") / "archive.db") as opened:
        store(opened, [*ITEMS, replace(ITEMS[0], call_id="nyhet", kind=Kind.NEWS)])
        assert read_references(opened.db, NOW) == len(ITEMS), "news name what they like"
        yield opened


def test_a_matter_is_one_dossier_over_the_years(archive):
    dossiers = list_dossiers(archive.db, [call.key for call in ITEMS])
    assert dossiers.keys() == {CallKey("policy", name) for name in ("forslag", "fpm", "remiss")}
    steps = dossiers[CallKey("policy", "forslag")]
    assert [(step.key.call_id, step.phase, step.day.isoformat()) for step in steps] == [
        ("fpm", Phase.MEMORANDUM, "2025-09-10"),
        ("remiss", Phase.REFERRAL, "2025-09-20"),
    ]
    assert steps[1].deadline.isoformat() == "2025-11-03"


def test_an_item_is_read_again_only_when_it_has_changed(archive):
    assert read_references(archive.db, NOW) == 0
    decision = item("beslut", "Regulation (EU) 2026/12 on soil", "2026-05-01")
    store(archive, [decision])
    assert read_references(archive.db, NOW) == 1
    assert list_dossiers(archive.db, [decision.key]) == {}
    store(archive, [replace(decision, sections=(Section(title="", text="Procedure: COM(2025) 360"),))])
    assert read_references(archive.db, NOW) == 1
    assert [step.key.call_id for step in list_dossiers(archive.db, [decision.key])[decision.key]] == ["forslag", "fpm", "remiss"]


def moves(archive):
    rows = archive.db.execute(
        "SELECT call_id, new ->> 'call_id', new ->> 'phase' FROM events WHERE type = 'dossier_moved' ORDER BY id"
    )
    return [tuple(row) for row in rows]


def test_each_earlier_document_is_told_of_a_later_one_once(tmp_path):
    with open_archive(tmp_path / "archive.db") as opened:
        for days, call in enumerate((ITEMS[0], ITEMS[2], ITEMS[1])):
            store(opened, [call], NOW + timedelta(days=days))
            read_references(opened.db, NOW + timedelta(days=days))
        linked = [("forslag", "fpm", "memorandum"), ("forslag", "remiss", "referral")]
        assert moves(opened) == linked, (
            "the memorandum shows that the referral is about the proposal; it is older than that itself"
        )
        store(opened, [replace(ITEMS[1], summary="Ny text.")], NOW + timedelta(days=4))
        assert read_references(opened.db, NOW + timedelta(days=4)) == 1
        assert moves(opened) == linked
