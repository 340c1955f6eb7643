"""Wire format of the sample portal, compared with captured responses of the real one."""

import csv
import json
import tarfile
from ast import literal_eval
from datetime import date

import pytest

from monitor.demo import samples
from monitor.demo.portal import QueryError, answer_search, render_rows

TODAY = date(2026, 5, 20)
QUERY = {"bool": {"must": [{"terms": {"type": ["1", "2", "8"]}}, {"terms": {"status": ["31094501", "31094502"]}}]}}
SORT = {"field": "identifier", "order": "ASC"}
ROWS = render_rows(samples.load_calls(), TODAY, samples.SECOND_READING)
JSON_TEXTS = ("actions", "budgetOverview", "links", "latestInfos", "publicationDocuments")


@pytest.fixture(scope="module")
def captured(shared):
    """Return every row of two captured days."""
    rows = []
    for day in ("2026-05-20", "2026-06-27"):
        archive = shared / f"data/eu/sedia-search-raw/{day}.tar.gz"
        if not archive.is_file():
            pytest.skip("the captured days are missing")
        with tarfile.open(archive) as pages:
            rows += [row for member in pages if "page-" in member.name for row in json.load(pages.extractfile(member))["results"]]
    return rows


def test_the_envelope_has_the_keys_of_the_real_one(shared):
    page = shared / "data/eu/sedia-search-raw/sample-2026-05-20-page-6.json"
    if not page.is_file():
        pytest.skip("the captured page is missing")
    real = json.loads(page.read_text("utf-8"))
    ours = _search()
    assert ours.keys() == real.keys()
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in real.items()}


@pytest.mark.parametrize("kind", ["1", "2"])
def test_rows_have_the_keys_that_all_real_rows_have(captured, kind):
    real = [row for row in captured if row["metadata"]["type"] == [kind] and _is_current(row)]
    ours = [row for row in ROWS if row.get("metadata", {}).get("type") == [kind] and _is_current(row)]
    assert len(real) > 50
    assert ours
    for row in ours:
        assert row.keys() >= set.intersection(*(set(other) for other in real)) - {"score"}
        assert row["metadata"].keys() >= set.intersection(*(set(other["metadata"]) for other in real))
        assert row["metadata"].keys() <= set.union(*(set(other["metadata"]) for other in real))
        assert all(isinstance(value, list) and all(isinstance(part, str) for part in value) for value in row["metadata"].values())


@pytest.mark.parametrize("name", JSON_TEXTS)
def test_json_texts_have_the_shape_of_the_real_ones(captured, name):
    real = set().union(*(_shape(text) for row in captured for text in row["metadata"].get(name, [])))
    ours = set().union(*(_shape(text) for row in ROWS for text in row.get("metadata", {}).get(name, [])))
    assert ours
    assert ours <= real


def test_topic_texts_are_cut_up_as_the_real_ones(captured):
    for rows in (captured, ROWS):
        topics = [row["metadata"] for row in rows if row.get("metadata", {}).get("topicConditions")]
        assert all(topic["topicConditions"][0].startswith('<div class="eui-u-mt-l>">') for topic in topics)
        marked = [topic for topic in topics if '<p class="topicdescriptionkind">Scope:</p>' in "".join(topic["descriptionByte"])]
        assert len(marked) > len(topics) * 0.8


def test_cascade_rows_have_the_fields_of_the_real_ones(shared):
    table = shared / "data/eu/sedia-search-csv/2026-08-22-eu_calls_snapshot.csv"
    if not table.is_file():
        pytest.skip("the collected cascade calls are missing")
    with table.open(encoding="utf-8", newline="") as lines:
        real = [row for row in csv.DictReader(lines) if row["metadata.type"] == "['8']"]
    always = {
        name.removeprefix("metadata.")
        for name in real[0]
        if name.startswith("metadata.") and all(row[name] and literal_eval(row[name]) for row in real)
    }
    ours = [row for row in ROWS if "COMPETITIVE_CALL" in row["reference"]]
    assert len(ours) >= 5
    assert all(row.get("metadata", row).keys() >= always for row in ours)
    assert sum("metadata" not in row for row in ours) == 1


def test_old_rows_of_both_kinds_look_as_the_real_ones(captured):
    def signs(rows):
        found = [row for row in rows if "metadata" in row and not _is_current(row)]
        return {(row["metadata"]["DATASOURCE"][0], "database" in row, "datasource" in row["metadata"]) for row in found}

    assert signs(ROWS) == {("SEDIA_PRD_CENTRICITY", False, True), ("SEDIA", True, True)}
    assert signs(ROWS) <= signs(captured)


def test_sorted_pages_hold_every_row_once_and_unsorted_ones_do_not():
    pages = [_search(page=number, page_size=20) for number in range(1, 6)]
    references = [row["reference"] for page in pages for row in page["results"]]
    assert len(references) == len(set(references)) == pages[0]["totalResults"] == len(ROWS)
    assert _search(page=6, page_size=20)["results"] == []
    unsorted = [row["reference"] for number in range(1, 6) for row in _search(page=number, page_size=20, sort=None)["results"]]
    assert len(set(unsorted)) < len(unsorted)


def test_pages_are_sorted_by_identifier_and_at_most_a_hundred_rows_long():
    page = _search(page_size=1000)
    identifiers = [row.get("metadata", row)["identifier"][0] for row in page["results"]]
    assert identifiers == sorted(identifiers)
    assert page["pageSize"] == 100


def test_a_query_filters_on_any_field():
    only = {"bool": {"must": [{"terms": {"type": ["8"]}}], "must_not": [{"terms": {"frameworkProgramme": ["43152860"]}}]}}
    found = _search(query=only)["results"]
    assert found
    assert all(row.get("metadata", row)["type"] == ["8"] for row in found)
    assert all(row.get("metadata", row)["frameworkProgramme"] != ["43152860"] for row in found)


@pytest.mark.parametrize(
    "query", [{}, {"match": {"type": "1"}}, {"bool": {"must": [{"wildcard": {"title": "x"}}]}}, {"bool": {"should": []}}]
)
def test_a_query_of_another_form_is_refused(query):
    with pytest.raises(QueryError):
        _search(query=query)


def test_external_deadlines_change_their_seconds_only():
    first = render_rows(samples.load_calls(), TODAY, samples.FIRST_READING)
    old, new = (
        next(r for r in rows if r["reference"] == "186556PROSPECTSEN")["metadata"]["deadlineDate"][0] for rows in (first, ROWS)
    )
    assert old != new
    assert old[:16] == new[:16]


def _search(query=QUERY, page=1, page_size=100, sort=SORT):
    return answer_search(ROWS, query, page=page, page_size=page_size, sort=sort)


def _is_current(row):
    metadata = row["metadata"]
    return metadata.get("DATASOURCE") == ["SEDIA"] and row.get("database") == "SEDIA" and "datasource" not in metadata


def _shape(text):
    """Return the paths of keys in a JSON text, each with the type of its value; keys that are numbers count as one."""
    return set(_paths(json.loads(text), ""))


def _paths(value, path):
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part, f"{path}.{'N' if key.isdigit() else key}")
    elif isinstance(value, list):
        for part in value:
            yield from _paths(part, f"{path}[]")
    else:
        yield path, type(value).__name__
