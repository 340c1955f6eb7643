"""Lookup of a call by key, identifier, address or title."""

import sqlite3
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, utils

from monitor.archive import lookup, open_archive
from monitor.archive.left_out import LeftOutItem, store_left_out
from monitor.archive.lookup import TitleIndex, find_call, find_calls, find_left_out_item, similar_calls
from monitor.archive.numbers import number_of
from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Call, CallKey
from monitor.errors import ArchiveError

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
CALLS = (
    Call(
        source="naturvardsverket",
        call_id="https://naturvardsverket.se/utlysningar/klimatklivet",
        title="Klimatklivet: investera i minskade utsläpp",
        url="https://www.naturvardsverket.se/utlysningar/klimatklivet/",
    ),
    Call(
        source="portal",
        call_id="49001",
        title="European Cooperation Projects Small Scale",
        url="https://example.org/topic/49001",
        identifier="CREA-CULT-2026-COOP-1",
    ),
    Call(
        source="portal", call_id="49002", title="European Cooperation Projects Large Scale", url="https://example.org/topic/49002"
    ),
    Call(source="mucf", call_id="unga", title="Bidrag till unga i Småland", url="https://mucf.se/bidrag/unga"),
)


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        for source in {call.source for call in CALLS}:
            own = tuple(call for call in CALLS if call.source == source)
            run = SourceRun(
                source=source,
                name=source,
                publisher="",
                kind="page",
                url="https://example.org/",
                language="sv",
                started=NOW,
                finished=NOW,
                state="accepted",
                reason="",
                complete_list=False,
                seen=len(own),
                calls=own,
            )
            store_run(archive.db, run, NOW)
        left_out = Call(
            source="mucf",
            call_id="https://mucf.se/om",
            title="Föreningsbidrag 2027",
            url="https://www.mucf.se/om/foreningsbidrag",
        )
        with archive.db.atomic():
            store_left_out(archive.db, "mucf", {}, {left_out.call_id: LeftOutItem("kommunens eget bidrag", left_out)}, NOW)
        yield archive.db


@pytest.mark.parametrize(
    ("text", "call_id"),
    [
        ("Klimatklivet: investera i minskade utsläpp", CALLS[0].call_id),
        ("  klimatklivet – investera i  MINSKADE utsläpp ", CALLS[0].call_id),
        ("”Klimatklivet: investera i minskade utsläpp”", CALLS[0].call_id),
        ("https://www.naturvardsverket.se/utlysningar/klimatklivet/", CALLS[0].call_id),
        ("http://naturvardsverket.se/utlysningar/klimatklivet", CALLS[0].call_id),
        ("naturvardsverket.se/utlysningar/klimatklivet", CALLS[0].call_id),
        (
            "http://127.0.0.1:8001/utlysning/naturvardsverket/https%3A%2F%2Fnaturvardsverket.se%2Futlysningar%2Fklimatklivet?lang=en",
            CALLS[0].call_id,
        ),
        ("/utlysning/portal/49001", "49001"),
        ("portal/49001", "49001"),
        ("crea-cult-2026-coop-1", "49001"),
        ("European cooperation projects small scale", "49001"),
        ("Bidrag till unga i Smaland", "unga"),
        ("Bidrag till unga i Småland.", "unga"),
    ],
)
def test_a_call_is_found_by_whatever_a_person_has_at_hand(db, text, call_id):
    assert find_call(db, text)[1] == call_id


def test_several_that_are_alike_are_offered_and_none_is_taken(db):
    assert find_calls(db, "European Cooperation Projects") == []
    with pytest.raises(ArchiveError, match=r"Menar du .*Small Scale \(portal/49001\); .*Large Scale \(portal/49002\)"):
        find_call(db, "European Cooperation Projects")
    assert {named.call_id for named in similar_calls(db, "cooperation projects european")} == {"49001", "49002"}


@pytest.mark.parametrize("text", ["", " ", "Något helt annat", "https://example.org/", "/utlysning/x/y", "(", "%", "a/b/c"])
def test_an_unknown_name_finds_nothing(db, text):
    assert find_calls(db, text) == []
    with pytest.raises(ArchiveError, match=r"finns inte i arkivet$"):
        find_call(db, text)


@pytest.mark.parametrize("text", ["föreningsbidrag 2027", "https://mucf.se/om/foreningsbidrag/", "mucf/https://mucf.se/om"])
def test_an_item_that_was_left_out_is_found_the_same_way(db, text):
    found = find_left_out_item(db, text)
    assert found is not None
    assert found.reason == "kommunens eget bidrag"
    assert find_left_out_item(db, "Klimatklivet") is None


def test_the_short_addresses_of_the_archive_name_the_call(db):
    key = CallKey("portal", "49001")
    number = number_of(db, key)
    for text in (
        f"/u/{number}",
        f"https://eu.example.se/u/{number}?lang=en",
        f"u/{number}",
        f"https://eu.example.se/u/{key.short}",
    ):
        assert find_calls(db, text) == [key], text
    assert find_calls(db, "/u/99999") == []
    assert find_calls(db, "https://example.org/u/") == []


@given(
    st.lists(st.lists(st.sampled_from(("Bidrag", "till", "bad", "i", "små", "orter", "Stöd,", "sjöar")), max_size=5), max_size=6),
    st.lists(st.sampled_from(("bidrag", "till", "badd", "i", "orter", "stöd", "sjöar", "annat")), min_size=1, max_size=5),
)
def test_the_index_of_titles_finds_what_comparing_with_every_title_finds(titles, words):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE calls (source, call_id, title, status, first_seen)")
    rows = [(str(number), " ".join(title)) for number, title in enumerate(titles)]
    db.executemany("INSERT INTO calls VALUES ('portal', ?, ?, 'open', '2026-01-01')", rows)
    text, plain = " ".join(words), {call_id: " ".join(utils.default_process(title.casefold()).split()) for call_id, title in rows}
    scorers = (fuzz.ratio, fuzz.token_set_ratio) if len(words) > 1 else (fuzz.ratio,)
    wanted = {call_id for call_id, title in plain.items() if max(scorer(text, title) for scorer in scorers) >= 88}
    index = TitleIndex(db)
    assert {named.call_id for named in index.similar(text)} == wanted
    assert {call_id for _, call_id in index.same(text)} == {call_id for call_id, title in plain.items() if title == text}


def test_a_word_of_very_many_titles_leads_to_none_where_another_word_is_rarer(monkeypatch, db):
    monkeypatch.setattr(lookup, "_MOST_TITLES", 1)
    index = TitleIndex(db)
    assert [named.call_id for named in index.similar("European Small")] == ["49001"]
    assert {named.call_id for named in index.similar("European Cooperation")} == {"49001", "49002"}, "no word is rarer"
