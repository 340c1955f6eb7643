"""Search of the archive: finds the same calls as the rules, ranks, corrects typing errors, and survives any query."""

from __future__ import annotations

import json
import random
import re
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.archive import open_archive
from monitor.archive.runs import SourceRun, store_run
from monitor.archive.search import index as module
from monitor.archive.search.index import index_texts, match_expression, pending_calls, stored_zones
from monitor.archive.search.query import Filters, marked, rank_calls, search
from monitor.calls import ZONES, Call, Deadline, DeadlineModel, Section
from monitor.language import Analyser, TermSet, analyser, parse_term
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
TEXT = """klimatet klimatets klimatanpassning energi elen skolan skolorna förskolan biblioteken stadsbibliotek äldreomsorgens vård
vårdcentral e-hälsa ehälsan e hälsa cross-border cross border well-being wellbeing LIFE life EU EU:s NGOs IT-säkerhet Erasmus+
digitalization digitalisation städer stad får länder medlen små och medelstora företag civila beredskapen youth exchanges
young people museum museer vatten vattnet energi- och klimatrådgivning hållbar utveckling hållbara. Utveckling för\u00adskolan
böcker handböcker mål mal län lån"""
WORDS = TEXT.split()
TERMS = """klimat klimat* *anpassning energi el skola förskola *bibliotek bibliotek* äldre* *vård vård* e-hälsa ehälsa|e hälsa|cross-border|crossborder
cross border|well-being|wellbeing|LIFE|life|EU|NGO|IT|it-säkerhet|Erasmus|digitalisation|digitaliz*|stad|städer|får|land|medel
små och medelstora företag|civil beredskap|youth exchange|young people|museum|*museum|vatten|energirådgivning|*rådgivning|hållbar utveckling
bok|*bok|böcker|mål|mal|län|lån|LIF*|*IFE|klimatr*|s*|*s|och|EU* """.replace("\n", "|").split("|")
ASKED = [term.strip() for row in TERMS for term in ([row] if " " not in row.strip() or len(row.split()) < 5 else row.split())]


def make_call(number: int, rng: random.Random, **changed) -> Call:
    text = [" ".join(rng.choices(WORDS, k=rng.randint(3, 40))).replace("\n", " ") for _ in range(4)]
    fields = {
        "source": "made",
        "call_id": str(number),
        "title": text[0],
        "summary": text[1],
        "sections": (Section(title="", text=text[2]),),
        "keywords": tuple(text[3].split()[:4]),
        "url": f"https://example.org/{number}",
        "language": rng.choice(["sv", "en", ""]),
    }
    return Call(**{**fields, **changed})


def store(db, *calls: Call, now=NOW) -> None:
    run = SourceRun(
        source="made", name="", publisher="", kind="feed", url="", language="sv", started=now, finished=now, state="accepted", reason="",
        complete_list=False, seen=len(calls), calls=calls,
    )  # fmt: skip
    store_run(db, run, now)


@pytest.fixture
def db(tmp_path):
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive.db


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """Some hundred made-up calls, indexed."""
    with open_archive(tmp_path_factory.mktemp("search") / "archive.db") as archive:
        rng = random.Random(4)
        store(archive.db, *(make_call(number, rng) for number in range(250)))
        index_texts(archive.db, analyser())
        yield archive.db


def found_by_index(db, term) -> set[str]:
    rows = db.execute(
        "SELECT t.source || '/' || t.call_id FROM search JOIN indexed t ON t.id = search.rowid WHERE search MATCH ?",
        [match_expression(term)],
    )
    return {row[0] for row in rows}


def found_by_rules(db, terms) -> list[set[str]]:
    finder = TermSet(terms)
    found: list[set[str]] = [set() for _ in terms]
    for source, call_id, *texts in db.execute(f"SELECT source, call_id, {', '.join(ZONES)} FROM indexed JOIN texts USING (id)"):
        for text in texts:
            for term, _, _ in finder.find(text):
                found[term].add(f"{source}/{call_id}")
    return found


def assert_same(db, terms) -> int:
    hits = 0
    for term, by_rules in zip(terms, found_by_rules(db, terms), strict=True):
        assert found_by_index(db, term) == by_rules, term
        hits += bool(by_rules)
    return hits


def test_every_term_finds_the_same_calls_in_search_and_in_rules(archived):
    hits = assert_same(archived, [parse_term(text) for text in ASKED])
    assert hits > 45


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="abeklmnorstuåäöéLIFE -*:.", min_size=1, max_size=12))
def test_any_term_finds_the_same_calls_in_search_and_in_rules(archived, text):
    try:
        term = parse_term(text)
    except ValueError:
        return
    assert_same(archived, [term])


def captured_calls(shared):
    """A captured portal day and the Swedish pages."""
    with tarfile.open(shared / "data/eu/sedia-search-raw/2026-05-20.tar.gz") as pages:
        rows = [row for member in pages if "page-" in member.name for row in json.load(pages.extractfile(member))["results"]]
    for row in rows:
        facts = row["metadata"]
        text = " ".join(re.sub(r"<[^>]*>", "\n", part) for part in facts.get("descriptionByte") or [])
        title, parent = ((facts.get(name) or [""])[0] for name in ("title", "callTitle"))
        sections = (Section(title="", text=text),)
        yield Call(
            source="made", call_id=row["reference"], title=title, parent_title=parent, url="", sections=sections, language="en"
        )
    for line in (shared / "data/sv/pages.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        sections = (Section(title="", text=page["text"]),)
        yield Call(
            source="made", call_id=page["url"], title=page["title"], url=page["url"], sections=sections, language=page["lang"]
        )


def test_every_word_of_the_shipped_rules_finds_the_same_calls_on_real_text(tmp_path, shared):
    calls = {call.call_id: call for call in captured_calls(shared)}
    words = sorted(load_rules(RULES).term_texts)
    with open_archive(tmp_path / "archive.db") as archive:
        store(archive.db, *calls.values())
        assert index_texts(archive.db, analyser()) == len(calls) > 700
        hits = assert_same(archive.db, [parse_term(word) for word in words])
    assert hits > len(words) / 4, "most terms of concepts are rare, but thousands are found"


def test_index_follows_the_archive(db):
    store(db, make_call(1, random.Random(1), title="Vindkraft till havs"), make_call(2, random.Random(2), title="Något annat"))
    assert index_texts(db, analyser()) == 2
    assert index_texts(db, analyser()) == 0
    assert search(db, "vindkraft", NOW).total == 1
    store(db, make_call(1, random.Random(1), title="Vågkraft till havs"))
    assert [call.title for _, call in pending_calls(db, analyser().version)] == ["Vågkraft till havs"]
    assert index_texts(db, analyser()) == 1
    assert (search(db, "vindkraft", NOW).total, search(db, "vågkraft", NOW).total) == (0, 1)
    db.execute("DELETE FROM calls WHERE call_id = '1'")
    index_texts(db, analyser())
    assert search(db, "vågkraft", NOW).total == 0
    assert stored_zones(db, "made", "1") is None


def test_a_new_analyser_reads_everything_again(db):
    store(db, make_call(1, random.Random(1), title="Vindkraft"))
    older = Analyser()
    older.version = "0"
    assert index_texts(db, older) == 1
    assert index_texts(db, analyser()) == 1
    assert search(db, "vindkraft", NOW).total == 1


def test_a_corrected_title_is_found(db):
    from monitor.archive.calls import correct_field

    store(db, make_call(1, random.Random(1), title="Vindkraft"))
    index_texts(db, analyser())
    correct_field(db, "made", "1", "title", "Solceller på skoltak", who="eu@example.se", now=NOW)
    index_texts(db, analyser())
    assert search(db, "skoltak", NOW).total == 1


def test_title_weighs_most_and_open_stands_before_closed(db):
    rng = random.Random(5)
    body = (Section(title="", text="Ett långt stycke om allt möjligt, även om biogas i lantbruket. " * 3),)
    past, ahead = (Deadline(at=NOW + timedelta(days=days)) for days in (-30, 30))
    plain = {"summary": "", "keywords": (), "sections": (), "deadline_model": DeadlineModel.SINGLE}
    store(
        db,
        make_call(1, rng, **{**plain, "title": "Stöd till lantbruk", "sections": body, "deadlines": (ahead,)}),
        make_call(2, rng, **{**plain, "title": "Biogas i lantbruk", "deadlines": (past,)}),
        make_call(3, rng, **{**plain, "title": "Biogas i kommuner", "deadlines": (ahead,)}),
        *(make_call(number, rng) for number in range(4, 20)),
    )
    index_texts(db, analyser())
    result = search(db, "biogas", NOW)
    places = [hit.call_id for hit in result.hits]
    assert places[0] == "3"
    assert result.hits[0].score > result.hits[1].score > result.hits[2].score > 0
    assert rank_calls(db, "biogas", NOW) == [
        db.execute("SELECT rowid FROM calls WHERE call_id = ?", [hit.call_id]).fetchone()[0] for hit in result.hits
    ]


def test_query_language(db):
    rng = random.Random(6)
    near = Deadline(at=datetime(2026, 9, 1, tzinfo=UTC))
    store(
        db,
        make_call(
            1, rng, title="Smarta elnät", summary="", sections=(), keywords=(), identifier="LIFE-2026-X", deadlines=(near,)
        ),
        make_call(2, rng, title="Smarta städer", summary="", sections=(), keywords=(), kind=Kind.NEWS),
        make_call(3, rng, title="Elnät, smarta och säkra", summary="", sections=(), keywords=(), programme="43251814"),
    )
    index_texts(db, analyser())

    def ids(query, **chosen):
        result = search(db, query, NOW, Filters(**chosen))
        assert result.total == len(result.hits)
        return sorted(hit.call_id for hit in result.hits)

    assert ids("smart") == ["1", "2", "3"]
    assert ids('"smarta elnät"') == ids("”smarta elnät”") == ["1"]
    assert ids("smarta -stad") == ["1", "3"]
    assert ids("-stad") == ["1", "3"]
    assert ids("smart program:LIFE") == ["1"]
    assert ids("program:cef", programmes={"cef": {"43251814"}}) == ["3"]
    assert ids("före:2026-10-01") == ["1"]
    assert ids("smarta efter:2026-10") == []
    assert ids("slag:nyhet") == ids("smarta", kind="news") == ["2"]
    assert ids("") == ["1", "2", "3"]


@pytest.mark.parametrize(
    "typed",
    ['"', '""', '"smart', "*", "**", "smart*stad", "AND", "OR", "NEAR(", "a AND b", "(", ")", "title:x", "-", "--", "-*", "'", ";--", "\0", "före:igår",
     "program:", "^x", "{a b}", "+", "<klimat", "=LIFE", ">x", ".", "a.b. C", "\ud800", "🙂", "%", "x" * 1_000_000, "a " * 500_000, '" AND "' * 50],
)  # fmt: skip
def test_nothing_typed_is_an_error(archived, typed):
    assert search(archived, typed, NOW, limit=3).total >= 0
    assert rank_calls(archived, typed, NOW) is not None


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_nothing_at_all_is_an_error(archived, typed):
    assert search(archived, typed, NOW, limit=2).total >= 0


def test_mistyped_word_is_mended(db):
    store(db, make_call(1, random.Random(1), title="Klimatanpassning i städer", summary="", sections=(), keywords=()))
    index_texts(db, analyser())
    assert search(db, "klimatanpasning", NOW).suggestions == ["klimatanpassning"]
    assert search(db, "klimatanpassning", NOW).suggestions == []


def test_snippet_shows_the_words_as_written(db):
    text = "Först mycket annat. " * 40 + "Kommunens <b>böcker</b> och A\u030atga\u0308rderna nämns här."
    store(db, make_call(1, random.Random(1), title="Titel", summary="", keywords=(), sections=(Section(title="", text=text),)))
    index_texts(db, analyser())
    hit = search(db, "bok åtgärd", NOW).hits[0]
    assert [part for found, part in marked(hit.snippet) if found] == ["böcker", "A\u030atga\u0308rderna"]
    assert "<b>" in hit.snippet
    assert len(hit.snippet) < 400


class WritingMeanwhile:
    """Analyser that has another connection write, as an answer to a mail does, before it analyses each text."""

    def __init__(self, path):
        self._path = path
        self.version = analyser().version
        self.written = 0

    def lemma_text(self, text, **more):
        # No wait at all: a locked archive is refused at once.
        with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as other:
            self.written += 1
            values = ["2026-01-01", "social", "made", str(self.written), "intressant"]
            other.execute("INSERT INTO feedback (at, department, source, call_id, answer) VALUES (?, ?, ?, ?, ?)", values)
        return analyser().lemma_text(text, **more)


def test_answers_are_written_while_texts_are_analysed(tmp_path):
    calls = [Call(source="made", call_id=str(number), title="Stöd till bibliotek", url="https://x.se") for number in range(3)]
    with open_archive(tmp_path / "archive.db") as archive:
        store(archive.db, *calls)
        other = WritingMeanwhile(tmp_path / "archive.db")
        assert index_texts(archive.db, other) == 3
        assert other.written == archive.db.execute("SELECT count(*) FROM feedback").fetchone()[0] > 3
        assert search(archive.db, "bibliotek", NOW).total == 3


def test_writing_is_done_in_short_transactions(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BATCH_LETTERS", 500)
    sizes = []
    write = module._write_batch
    monkeypatch.setattr(
        module, "_write_batch", lambda db, version, batch, noted: sizes.append(len(batch)) or write(db, version, batch, noted)
    )
    calls = [
        Call(source="made", call_id=str(number), title="Stöd till bibliotek " * 15, url="https://x.se") for number in range(9)
    ]
    with open_archive(tmp_path / "archive.db") as archive:
        store(archive.db, *calls)
        assert index_texts(archive.db, analyser()) == 9
    assert max(sizes) <= 2


def test_a_call_that_changes_while_it_is_analysed_is_pending_again(tmp_path):
    call = Call(source="made", call_id="1", title="Stöd till bibliotek", url="https://x.se")

    class Changing(WritingMeanwhile):
        def lemma_text(self, text, **more):
            with closing(sqlite3.connect(self._path, timeout=0, isolation_level=None)) as other:
                other.execute("UPDATE calls SET hash = 'changed'")
            return analyser().lemma_text(text, **more)

    with open_archive(tmp_path / "archive.db") as archive:
        store(archive.db, call)
        assert index_texts(archive.db, Changing(tmp_path / "archive.db")) == 1
        assert len(list(pending_calls(archive.db, analyser().version))) == 1


@pytest.mark.parametrize("letters", ["a" * 7_500_000, "räksmörgås" * 300_000, "0123456789abcdef" * 100_000])
def test_an_endless_word_is_cut_and_the_words_after_it_keep_their_places(tmp_path, letters):
    call = Call(
        source="made", call_id="1", title="Stöd till bibliotek", summary=f"Före {letters} efter biblioteken.", url="https://x.se"
    )
    zones = module.zone_texts(analyser(), call)
    assert len(zones["summary"]) < 1000
    short = replace(call, summary=f"Före {letters[: module.LONGEST_WORD]} efter biblioteken.")
    assert zones == module.zone_texts(analyser(), short)
    with open_archive(tmp_path / "archive.db") as archive:
        store(archive.db, call)
        index_texts(archive.db, analyser())
        snippet = search(archive.db, "bibliotek", NOW).hits[0].snippet
        assert "efter" in snippet
        assert len(snippet) < 1000
