"""Search by words and facets, pages and orders, files; counts equal those of a plain count."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.archive import open_archive
from monitor.archive.matches import NewMatch, read_calls, store_matches
from monitor.archive.runs import store_run
from monitor.archive.search.facets import FACETS, FacetIndex, rank_by_words
from monitor.archive.search.query import is_plain, rank_calls
from monitor.archive.search.tiers import typed_expression
from monitor.language.queries import parse_query
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.matching.engine import analyse_zones
from monitor.web.views.search import PARAMETERS, SORTS, read_search_params, search_archive, subject_words
from tests.web.sample import NOW, calls_of, source_run


def params_of(query="", **chosen):
    return read_search_params(
        {"q": [query], **{name: [value] if isinstance(value, str) else value for name, value in chosen.items()}}
    )


def total(site, query="", **chosen):
    return search_archive(site, params_of(query, **chosen)).total


@pytest.mark.parametrize(
    "word", ["bibliotek", "biblioteket", "ungdomsutbyten", "*utbyte", "kommun*", "energi", "LIFE", "vänort", "nature areas"]
)
def test_search_finds_what_the_rules_hit_for_the_same_word(site, word):
    terms = TermSet([parse_term(word)])
    rules = site.rules
    hit = {
        (call.source, call.call_id)
        for call in read_calls(site.archive.db)
        if any(terms.find(text) for text in analyse_zones(rules, call).values() if text)
    }
    query = f'"{word}"' if " " in word else word
    assert set(search_archive(site, params_of(query, exakt="1")).keys(0, 0)) == hit
    assert set(search_archive(site, params_of(query)).keys(0, 0)) >= hit, "widened, it finds them as well"


def test_every_count_is_what_one_gets_by_choosing_it(site):
    for query in ("", "bibliotek", "kommuner -energi"):
        for base in ({}, {"status": "open"}, {"status": "open", "kalla": ["portal", "norden"]}):
            found = search_archive(site, params_of(query, **base))
            for name, facet in PARAMETERS.items():
                for one in found.counts[facet]:
                    if facet not in found.params.choices:
                        assert total(site, query, **{**base, name: one.value}) == one.count, (query, base, facet, one)


def test_pages_together_are_everything_once_in_every_order(site):
    for sort in SORTS:
        found = search_archive(site, params_of("kommuner", sort=[sort]))
        pages = [key for offset in range(0, found.total, 20) for key in found.keys(offset, 20)]
        assert len(pages) == len(set(pages)) == found.total
        assert set(pages) == set(search_archive(site, params_of("kommuner")).keys(0, 0))


def test_by_deadline_comes_what_closes_first(site):
    keys = search_archive(site, params_of("", status="open", sort=["sista-dag"])).keys(0, 0)
    deadlines = {
        (row[0], row[1]): row[2] for row in site.archive.db.execute("SELECT source, call_id, next_deadline FROM calls").fetchall()
    }
    dated = [deadlines[key] for key in keys if deadlines[key]]
    assert dated == sorted(dated)
    assert [bool(deadlines[key]) for key in keys] == sorted((bool(deadlines[key]) for key in keys), reverse=True)


def test_a_word_in_the_title_and_an_open_call_come_first(site):
    first = search_archive(site, params_of("bibliotek")).keys(0, 5)
    titles = [
        site.archive.db.execute("SELECT title FROM calls WHERE source = ? AND call_id = ?", key).fetchone()[0] for key in first
    ]
    assert all("bibliotek" in title.casefold() for title in titles)


@pytest.mark.parametrize("query", ["bibliotek", "kommuner", "kommun* -energi", "stöd bidrag", "nature areas"])
def test_the_pages_put_calls_in_the_same_order_as_the_command(site, query):
    index = search_archive(site, params_of(query)).index
    found = rank_by_words(site.archive.db, index, typed_expression(parse_query(query)))
    best = list(found.order(site.archive.db, found.bits))
    assert best == index.positions_of(rank_calls(site.archive.db, query, NOW))
    assert found.bits == index.bits_of(best)
    assert is_plain(parse_query(query))
    assert not is_plain(parse_query(f"{query} program:LIFE"))


@pytest.mark.parametrize("query", ["kommuner", "kommun* -energi", "bibliotek"])
@pytest.mark.parametrize("most", [0, 1, 7, 10_000])
@pytest.mark.parametrize("choices", [{}, {"status": ["closed"]}, {"status": ["open"], "source": ["norden"]}])
def test_of_what_is_too_much_to_weigh_the_open_and_the_last_are_weighed(site, query, most, choices):
    db = site.archive.db
    index = search_archive(site, params_of(query)).index
    words = typed_expression(parse_query(query))
    whole, found = rank_by_words(db, index, words), rank_by_words(db, index, words, most=most)
    assert found.bits == whole.bits
    selected = index.select(found.bits, choices)
    order = list(index.filter_positions(selected, whole.order(db, selected)))
    best = list(index.filter_positions(selected, found.order(db, selected)))
    assert sorted(best) == sorted(order)
    came = dict(db.execute("SELECT c.rowid, i.id FROM calls c JOIN indexed i ON i.source = c.source AND i.call_id = c.call_id"))
    numbers = {index.positions[rowid]: number for rowid, number in came.items()}
    closed = set(index.page(index.select(index.all_bits, {"status": ["closed"]}), "newest", 0, 0))
    worth = sorted(order, key=lambda place: (index.keys[place] in closed, -numbers[place]))
    weighed = order if whole.bits.bit_count() <= most else [place for place in order if place in worth[:most]]
    assert best == weighed + [place for place in worth if place not in weighed]
    assert whole.bits.bit_count() > 7


def test_what_loses_its_words_after_it_was_counted_is_still_shown(site):
    db = site.archive.db
    index = search_archive(site, params_of("kommuner")).index
    found = rank_by_words(db, index, typed_expression(parse_query("kommuner")), most=5)
    assert found.bits.bit_count() > 5
    with open_archive(site.archive.path) as other:
        other.db.execute("INSERT INTO search (search) VALUES ('delete-all')")
    assert sorted(found.order(db, found.bits)) == [place for place in range(len(index.keys)) if found.bits >> place & 1]


def test_programmes_are_found_by_any_of_their_names(site):
    by_facet = total(site, program="life")
    assert by_facet > 0
    assert total(site, "program:LIFE") == total(site, "program:life") == by_facet


def test_a_question_is_answered_by_its_subject(browser):
    page = browser.get("/sok", params={"q": "vad kan biblioteket söka just nu?"}).text
    assert "Det här är träffar på <strong>biblioteket</strong>" in page
    assert "se vad verksamheten kan söka just nu" in page
    assert '/forvaltning/kultur-fritid"' in page
    assert subject_words("Vad kan vi söka?") == []


def test_only_a_word_of_its_own_names_a_department(browser):
    assert "se vad verksamheten kan söka" not in browser.get("/sok", params={"q": "kommuner"}).text
    assert browser.get("/sok", params={"q": "kommuner bibliotek"}).text.count("se vad verksamheten kan söka") == 1


def test_mistyped_words_are_mended(browser):
    page = browser.get("/sok", params={"q": "biblotek"}).text
    assert "Visar träffar för <strong>bibliotek</strong>" in page
    assert "<mark>Bibliotek</mark>" in page or "<mark>bibliotek</mark>" in page
    typed = browser.get(re.search(r'href="([^"]+)">Sök i stället efter biblotek', page)[1].replace("&amp;", "&")).text
    assert "Visar träffar för" not in typed
    assert "Menade du" in typed
    assert 'href="/sok?q=bibliotek"' in typed


def test_hits_are_marked_in_their_words(browser):
    page = browser.get("/sok", params={"q": "bibliotek"}).text
    assert "<mark>bibliotek</mark>" in page.casefold()


def test_what_was_just_written_is_counted_at_once(site):
    before = total(site, kalla="lanet")
    with open_archive(site.config.archive) as archive:
        calls = calls_of("lanet", 40, NOW)
        store_run(archive.db, source_run("lanet", "Region", calls, NOW), NOW)
    assert total(site, kalla="lanet") == before + 10


def test_the_csv_opens_in_excel_and_holds_no_formula(browser, site):
    with open_archive(site.config.archive) as archive:
        archive.db.execute("UPDATE calls SET title = '=HYPERLINK(\"http://evil\")' WHERE call_id = 'norden-001'")
        archive.db.commit()
    answer = browser.get("/sok.csv?kalla=norden")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == total(site, kalla="norden")
    assert '\'=HYPERLINK("http://evil")' in {row["Rubrik"] for row in rows}
    assert {row["Läge"] for row in rows} <= {"Öppen", "Kommande", "Stängd"}


def test_the_workbook_holds_text_where_there_is_text(browser, site):
    answer = browser.get("/sok.xlsx?kalla=portal")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count("<row ") == total(site, kalla="portal") + 1
    assert "&lt;script&gt;" in strings
    assert "javascript:" not in strings


def test_the_json_names_the_search_that_gave_it(browser):
    document = json.loads(browser.get("/sok.json?q=bibliotek&status=open").content)
    assert document["total"] == len(document["hits"]) > 0
    assert document["search"] == "http://127.0.0.1:8001/sok?q=bibliotek&status=open"
    assert all(hit["page"].startswith("http://127.0.0.1:8001/u/") for hit in document["hits"])


def test_a_search_is_a_calendar_and_a_feed(browser):
    assert browser.get("/sok.ics?q=bibliotek").text.startswith("BEGIN:VCALENDAR")
    assert "<entry>" in browser.get("/sok.atom?q=bibliotek").text
    assert browser.get("/sok.exe?q=bibliotek").status_code == 404


_PAIRS = st.dictionaries(
    st.sampled_from([*PARAMETERS, "q", "sort", "sida", "lang", "x"]), st.lists(st.text(max_size=20), max_size=3), max_size=6
)


# The first text that is drawn waits for the tables of Unicode, which a busy machine makes slowly.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many=_PAIRS)
def test_any_address_is_a_search_and_names_itself(many):
    first = read_search_params(many)
    again = read_search_params(parse_qs(urlsplit(first.address()).query, keep_blank_values=True))
    assert again == first
    for facet in PARAMETERS.values():
        once = first.toggled(facet, "prov")
        assert once.choices[facet][-1] == "prov"
        assert once.toggled(facet, "prov").choices == first.choices


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 59), st.sampled_from(["kultur-fritid", "social"]), st.sampled_from(["kultur", "omsorg"])),
        max_size=40,
        unique_by=lambda row: row[:2],
    ),
    chosen=st.dictionaries(
        st.sampled_from(FACETS),
        st.lists(st.sampled_from(["open", "closed", "kultur-fritid", "kultur", "norden", "a"]), max_size=2),
        max_size=3,
    ),
    within=st.sets(st.integers(1, 60)),
)
def test_bits_count_as_a_plain_loop_would(tmp_path_factory, rows, chosen, within):
    with open_archive(tmp_path_factory.mktemp("facets") / "archive.db") as archive:
        db = archive.db
        store_run(db, source_run("norden", "Norden", calls_of("norden", 60, NOW), NOW), NOW)
        matches = [
            NewMatch(
                source="norden",
                call_id=f"norden-{number:03d}",
                department=department,
                relevance=60,
                fit=60,
                level="stark",
                themes=[{"id": theme, "strategy": ["a"], "sdgs": [4]}],
                evidence=[],
                fit_card={},
                rule_version="x",
            )
            for number, department, theme in rows
        ]
        store_matches(db, matches, "x", {}, NOW)
        index = FacetIndex(db, NOW, lambda key, code, name: code)
        plain = {}
        for rowid, source, call_id, kind, status, programme, deadline in db.execute(
            "SELECT rowid, source, call_id, kind, status, programme, next_deadline FROM calls"
        ).fetchall():
            own = [(department, theme) for number, department, theme in rows if f"norden-{number:03d}" == call_id]
            passed = deadline is None or datetime.fromisoformat(deadline) < datetime(2026, 5, 20, 10, tzinfo=UTC)
            plain[rowid] = {
                "kind": {kind},
                "status": {"closed" if passed else status},
                "programme": {programme} - {""},
                "department": {department for department, _ in own},
                "theme": {theme for _, theme in own},
                "area": {"a"} if own else set(),
                "sdg": {"4"} if own else set(),
                "source": {source},
                "month": set() if passed else {deadline[:7]},
            }
    bits = index.bits_of(index.positions_of(within))

    def left(without=""):
        return [
            row
            for row, values in plain.items()
            if row in within and all(set(wanted) & values[name] for name, wanted in chosen.items() if wanted and name != without)
        ]

    assert index.select(bits, chosen).bit_count() == len(left())
    for facet, counted in index.counts(bits, chosen).items():
        expected = Counter(value for row in left(facet) for value in plain[row][facet])
        assert {one.value: one.count for one in counted if one.count} == dict(expected)


def test_without_words_and_order_the_nearest_last_day_comes_first(site):
    assert search_archive(site, params_of("")).keys(0, 0) == search_archive(site, params_of("", sort=["sista-dag"])).keys(0, 0)


def test_news_has_no_status(browser, site):
    assert search_archive(site, params_of("", typ="news")).total > 0
    assert all(search_archive(site, params_of("", typ="news", status=status)).total == 0 for status in ("open", "closed"))
    hits = browser.get("/sok.json", params={"typ": "news"}).json()["hits"]
    assert {hit["status"] for hit in hits} == {""}


def test_files_say_who_may_apply_the_theme_and_when_an_event_is(browser):
    (event,) = browser.get("/sok.json", params={"typ": "event"}).json()["hits"]
    assert event["starts"].startswith("2026-06-03")
    hits = browser.get("/sok.json", params={"typ": "call", "forvaltning": "kultur-fritid"}).json()["hits"]
    assert {"ja"} <= {hit["municipality"] for hit in hits}
    assert all(hit["themes"] for hit in hits)


def test_an_empty_result_offers_what_helps_and_no_files(browser):
    html = browser.get("/sok", params={"q": "qwertyuiop", "typ": "call"}).text
    assert "Spara träffarna som" not in html
    assert 'href="/sok?q=qwertyuiop"' in html
    assert 'href="/hitta?vad=qwertyuiop"' in html
