"""The benchmarks work: the generator gives the same for the same seed, the table is compared, and rows run in their quick form. No timing."""

import json
import re
from datetime import date
from multiprocessing import get_context

import pytest

from benchmarks import analysing, bulk, lab, linear, matching, pages, table
from benchmarks.__main__ import ROWS
from benchmarks.generate import NOW, Inputs, Maker
from benchmarks.measure import Line, beside, typical_pair
from monitor.collect.portal.bulk import is_current_object, parse_object
from monitor.collect.portal.rows import is_current, parse_row
from monitor.matching.rules.load import check_texts
from monitor.web.urls import ROUTES
from monitor.web.views.rule_lab import theme_problems


@pytest.fixture(scope="module")
def maker():
    return Maker.from_vocabulary(terms=["ungdomsutbyte", "climate adaptation"])


def test_the_same_seed_gives_the_same_calls_and_another_gives_others(maker):
    again = Maker.from_vocabulary(terms=["ungdomsutbyte", "climate adaptation"])
    assert list(maker.calls(5)) == list(again.calls(5))
    assert list(maker.calls(5)) != list(maker.calls(5, seed=2))
    assert list(maker.calls(5))[3:] == list(maker.calls(2, start=3))


def test_generated_rows_are_rows_of_the_portal(maker):
    pages = [json.loads(page) for page in maker.portal_pages(130)]
    assert [(page["pageNumber"], len(page["results"]), page["totalResults"]) for page in pages] == [(1, 100, 130), (2, 30, 130)]
    rows = [row for page in pages for row in page["results"]]
    assert all(is_current(row, NOW.date()) for row in rows)
    calls = [parse_row(row, "funding-tenders") for row in rows]
    assert len({call.call_id for call in calls}) == 130
    assert all(call.deadlines and len(call.sections) == 2 and call.conditions for call in calls)


def test_a_generated_bulk_file_holds_living_and_closed_grants(maker, tmp_path):
    file = tmp_path / "bulk.json"
    number = maker.bulk_file(file, 200_000)
    grants = json.loads(file.read_bytes())["fundingData"]["GrantTenderObj"]
    living = [parse_object(grant, "bulk") for grant in grants if is_current_object(grant, NOW)]
    assert len(grants) == number
    assert 0 < len(living) < number
    assert file.stat().st_size >= 200_000


def line(value, peer_value=10.0, **fields):
    return Line(row="r", what="w", unit="u", value=value, peer="p" if peer_value else "", peer_value=peer_value, **fields)


def test_a_line_knows_its_ratio_and_whether_its_bound_is_reached():
    assert line(30, bound=3).reached is True
    assert line(29, bound=3).reached is False
    assert line(30, better="less", bound=2.5).reached is False
    assert line(30).reached is None
    missing = Line(row="r", what="w", unit="u", value=1, peer="absent", bound=1)
    assert (missing.ratio, missing.reached) == (None, None)
    assert "| absent | missing |" in table.as_markdown([missing], table.about_run("generated", date(2026, 5, 27)))


def test_figures_that_took_turns_stay_in_pairs():
    assert typical_pair([(2.0, 1.0), (4.4, 2.0), (2.4, 0.8)]) == (4.4, 2.0), "a slow minute is slow for both"


def test_ours_and_a_peer_take_turns_and_nothing_else_comes_between():
    turns = []
    took = beside(lambda: turns.append("ours"), lambda: turns.append("peer"), 3, lambda task: (task(), len(turns))[1])
    assert turns == ["ours", "peer"] * 4, "the first round warms up"
    assert took in ((3, 4), (5, 6), (7, 8))


@pytest.mark.parametrize(
    ("better", "value", "told"), [("more", 79, 1), ("more", 81, 0), ("less", 126, 1), ("less", 124, 0), ("less", 50, 0)]
)
def test_a_ratio_that_fell_by_more_than_a_fifth_is_named(tmp_path, better, value, told):
    file = tmp_path / "results.json"
    file.write_text(table.as_json([line(100, better=better)], table.about_run("generated", date(2026, 5, 27))), "utf-8")
    assert len(table.fallen(table.read_lines(file), [line(value, better=better)])) == told
    assert table.read_lines(tmp_path / "none.json") == []


@pytest.mark.parametrize("row", [matching, bulk, analysing])
def test_rows_run_without_peers(row, monkeypatch):
    for module in (matching, analysing):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    lines = row.measure(Inputs(use_captures=False), True)
    assert lines
    assert all(one.value > 0 for one in lines)
    assert not any(one.peer_value for one in lines if one.peer in ("spaCy PhraseMatcher", "FlashText", "spaCy blank tokenizer"))


def test_the_changes_that_the_row_of_the_lab_measures_are_sound():
    rules = lab.shipped_rules()
    theme, text = lab.changed_theme(rules)
    assert theme_problems(rules, theme, text) == []
    with_concept, concept_text = lab.changed_concept(rules)
    assert check_texts({**with_concept.files, "concepts/bench.toml": concept_text}) == []


def test_every_page_is_measured_or_left_out_with_a_reason():
    variables = ("department", "theme", "name", "digest", "table", "token", "/samordna/kallor/ row", "row")
    samples = {"number": ["17"], "draft": ["ny"], **{name: ["kultur"] for name in variables}, "/svar/ token": ["a.b", "c.d"]}
    measured = pages.pages_to_measure(samples)
    asked = [route for route in ROUTES if "GET" in route.methods]
    left_out = [pages.why_left_out(route.pattern) for route in asked if pages.why_left_out(route.pattern)]
    assert len(measured) + len(left_out) == len(asked)
    assert set(left_out) == set(pages.LEFT_OUT), "each reason is needed"
    for page in measured:
        for address in page.addresses:
            path = address.partition("?")[0]
            assert next(route for route in ROUTES if re.match(route.pattern, path)).coordinator == page.coordinator, address
    by_name = {page.name: page.addresses for page in measured}
    assert by_name["/svar/<token>/plan"] == ["/svar/a.b/plan", "/svar/c.d/plan"]
    assert by_name["/u/<number>"] == ["/u/17"]
    assert len(by_name["/sok"]) > 40
    with pytest.raises(KeyError, match="no sample of department"):
        pages.pages_to_measure({})


def read_hostile_texts():
    for make in linear.READERS.values():
        read = make()
        for piece in linear.SHAPES.values():
            read(linear.text_of(piece, 1_000))


def test_every_reader_of_the_row_of_hostile_texts_comes_to_its_end():
    """In a process of its own: a pattern that tries all ways through such a text would hold up all other tests."""
    process = get_context("spawn").Process(target=read_hostile_texts)
    process.start()
    process.join(240)
    process.kill()
    assert process.exitcode == 0
    assert ROWS["linear"] is linear.measure
    assert {"dates", "deadlines", "money", "kinds", "places", "analyser", "article", "feed", "links", "walls", "events"} <= set(
        linear.READERS
    )


def test_growth_is_counted_per_character_and_above_a_floor():
    assert linear.grown([0.1, 0.4, 1.6]) == pytest.approx(1.0)
    assert linear.grown([0.1, 1.6, 19.2]) == pytest.approx(12.0)
    assert linear.grown([0.0, 0.0, 0.0]) < 1, "what takes an instant is not compared"
    assert linear.grown([0.1, 20.0]) == 16, "a reader that was ended is lost"
    assert linear.text_of("ab", 5) == "ababa"


def test_a_reading_without_end_is_ended(monkeypatch):
    def read(text):
        while True:
            pass

    monkeypatch.setattr(linear, "_MOST_SECONDS", 0.01)
    monkeypatch.setitem(linear.READERS, "endless", lambda: lambda text: None if len(text) < 3 else read(text))
    monkeypatch.setattr(linear, "SHAPES", {"x": "x"})
    assert linear.growth_of("endless", 3, 2)()["times"] == {"x": [0.01]}
