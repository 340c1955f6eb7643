"""Searches as a municipality's people type them, on the captured portal day 2026-05-28: right answers among the first ten hits."""

from collections import Counter

import pytest

from benchmarks.generate import captured_pages
from benchmarks.queries import (
    FIRST,
    LEAST_SHARE,
    NOW,
    OFFICERS,
    QUERIES,
    Answer,
    JudgedQuery,
    answer_queries,
    as_details,
    as_table,
    captured_archive,
    load_queries,
    score_answers,
)

GROUPS = {
    QUERIES: {"swedish": 40, "misspelt": 15, "identifiers": 10, "english": 10},
    OFFICERS: {"swedish": 45, "misspelt": 15, "identifiers": 10},
}
"""Least number of queries of each group, by file."""
OFFICERS_SHARE = {"swedish": 0.94, "misspelt": 0.86, "identifiers": 0.98}
"""Share of the right answers of the officers' queries that the first hits hold at least."""
ALL_QUERIES = [*load_queries(), *load_queries(OFFICERS)]


@pytest.fixture(scope="session")
def captured(shared, tmp_path_factory):
    """The captured day in an archive of its own, with the installation that searches it."""
    if not captured_pages(NOW.date().isoformat()):
        pytest.skip(f"the captured day {NOW.date()} does not lie under {shared}")
    with captured_archive(tmp_path_factory.mktemp("queries")) as (config, archive):
        yield config, archive


@pytest.fixture(scope="session")
def answers(captured):
    return answer_queries(*captured, load_queries())


def an_answer(*hits, right=(), maybe=(), total=None, text="avlopp"):
    query = JudgedQuery(group="g", text=text, right=tuple(right), maybe=tuple(maybe))
    total = len(hits) if total is None else total
    return Answer(query=query, hits=hits, total=total, right=frozenset(right), maybe=frozenset(maybe))


@pytest.fixture(scope="session")
def officers_answers(captured):
    return answer_queries(*captured, load_queries(OFFICERS))


@pytest.mark.parametrize("file", GROUPS, ids=lambda file: file.stem)
def test_the_list_has_enough_queries_of_each_group_each_asked_once(file):
    queries = load_queries(file)
    counts = Counter(query.group for query in queries)
    assert set(counts) == set(GROUPS[file])
    assert all(counts[group] >= least for group, least in GROUPS[file].items())
    assert max(Counter(query.text.casefold() for query in queries).values()) == 1
    assert 2 <= sum(query.none for query in queries) <= 3


@pytest.mark.parametrize("query", ALL_QUERIES, ids=lambda query: query.text)
def test_a_query_states_its_answers_or_that_it_has_none(query):
    assert query.none is not bool(query.right or query.prefix)
    assert not set(query.right) & set(query.maybe)
    assert len({*query.right, *query.maybe}) == len(query.right) + len(query.maybe)
    assert bool(query.meant) is (query.group == "misspelt")


def test_a_misspelt_query_has_the_answers_of_the_query_that_it_means():
    spelt = {query.text: query for query in load_queries()}
    pairs = [(query, spelt[query.meant]) for query in load_queries() if query.meant in spelt]
    assert len(pairs) >= 3
    for query, meant in pairs:
        assert (query.right, query.maybe) == (meant.right, meant.maybe), query.text


def test_the_list_holds_identifiers_and_no_text_of_a_call():
    longest = max(len(part) for query in ALL_QUERIES for part in (*query.right, *query.maybe, *query.prefix, query.text))
    assert longest <= 60
    assert all(file.stat().st_size < 40_000 for file in GROUPS)


@pytest.mark.shared
def test_every_answer_is_a_call_of_the_day(captured):
    identifiers = {row[0] for row in captured[1].db.execute("SELECT identifier FROM calls")}
    assert len(identifiers) == 631
    for query in ALL_QUERIES:
        assert {*query.right, *query.maybe} <= identifiers, query.text
        for prefix in (*query.prefix, *query.maybe_prefix):
            assert any(identifier.startswith(prefix) for identifier in identifiers), (query.text, prefix)
        right, maybe = query.judge(identifiers)
        assert bool(right) is not query.none
        assert not right & maybe


def test_right_answers_are_counted_among_the_first_hits():
    answer = an_answer("A", "X", "C", right="ABC")
    assert (answer.found, answer.wanted, answer.missed) == (2, 3, ("B",))
    assert an_answer("M", "A", right="A", maybe="M").found == 1
    assert an_answer("M", "X", right="A", maybe="M").found == 0


def test_of_more_right_answers_than_the_first_hits_hold_ten_are_wanted_and_doubtful_hits_count():
    right = [f"R{number}" for number in range(FIRST + 2)]
    answer = an_answer("R0", "R11", "M", "X", right=right, maybe=["M"])
    assert (answer.found, answer.wanted) == (3, FIRST)
    assert an_answer("R0", "M", right=right[:FIRST], maybe=["M"]).found == 1


def test_a_prefix_answers_for_every_call_of_that_identifier_except_the_doubtful():
    query = JudgedQuery(group="g", text="t", right=("L-1",), prefix=("H-",), maybe=("H-2",), maybe_prefix=("H-E-",))
    assert query.judge(["H-1", "H-2", "H-E-1", "L-1", "L-2"]) == ({"H-1", "L-1"}, {"H-2", "H-E-1"})


def test_a_score_leaves_out_queries_without_an_answer_and_names_the_empty_and_the_lost():
    found = an_answer("A", right="AB", text="found")
    empty = an_answer(right="ABCDEF", text="empty")
    lost = an_answer("X", right="AB", text="lost")
    score = score_answers([found, empty, lost, an_answer("X", text="none")])
    assert (score.queries, score.found, score.wanted) == (3, 1, 10)
    assert (score.share, score.mean) == (0.1, pytest.approx(1 / 6))
    assert (score.empty, score.lost) == (("empty",), ("empty", "lost"))


def test_the_table_and_the_details_name_groups_and_missed_answers():
    answers = [an_answer("A", "X", right="AB"), an_answer(right=[f"R{number:02}" for number in range(30)], text="många")]
    assert as_table(answers).splitlines()[1].split() == ["g", "2", "1/12", "8%", "25%", "1", "1"]
    details = as_details(answers)
    assert "1/2  of   2 hits  avlopp" in details
    assert "misses B" in details
    assert "shows 2. X" in details
    assert "shows 1. A" not in details
    assert "misses R19" in details
    assert "misses R20" not in details
    assert "misses 10 more" in details


@pytest.mark.shared
@pytest.mark.parametrize(
    "group",
    [
        "swedish",
        "misspelt",
        "identifiers",
        "english",
    ],
)
def test_the_first_ten_hits_hold_the_right_answers(answers, group):
    asked = [answer for answer in answers if answer.query.group == group]
    score = score_answers(asked)
    assert score.empty == ()
    assert min(score.share, score.mean) >= LEAST_SHARE, as_details(asked)


@pytest.mark.shared
@pytest.mark.parametrize(("group", "least"), OFFICERS_SHARE.items())
def test_the_first_ten_hits_hold_the_right_answers_of_the_officers(officers_answers, group, least):
    asked = [answer for answer in officers_answers if answer.query.group == group]
    score = score_answers(asked)
    assert least >= LEAST_SHARE
    assert score.empty == ()
    assert score.lost == ()
    assert min(score.share, score.mean) >= least, as_details(asked)
