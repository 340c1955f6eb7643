"""Edits of settings: read back they give exactly the new values, and nothing else has changed, comments least of all."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import load_sources, parse_config
from monitor.fields import find_problems, list_form_fields, plain_values, read_field, value_at
from monitor.matching.rules.model import DepartmentsFile, ProgrammesFile
from monitor.paths import RULES
from monitor.sources import Source
from monitor.toml_edit import Edit, EditError, apply_edits, find_value, list_value_changes, load_values, mark_of
from monitor.web.views.settings import TABLES

PATH = Path("/eu/monitor.toml")
SHIPPED = [source.id for source in load_sources([], {}, "shipped")]
TEXT = f"""# Inställningar. En rad med å, ä och ö.
data_dir = "data"   # här

[municipality]
name = "Eksjö kommun"     # namnet
[sources.{SHIPPED[3]}]  # första
enabled = false

# Tider
[schedule]
crawl = "04:30"           # innan alla kommer
[digest]
silent = [
    "linden",   # vill inte
    "nav",      # inte heller
]
[money]
rates = {{ EUR = 11.5 }}    # kronor
[sources.{SHIPPED[5]}]
every = 3
[[source]]
id = "egen"               # vår
kind = "feed"
name = "Egen"
url = "https://egen.example.se/flode"
language = "sv"

# Mottagare
[[recipient]]
department = "linden"
email = "a@example.se"    # Anna
[subscription]
domains = []
# slut
"""
TEXTS = {"programmes.toml": ProgrammesFile, "departments.toml": DepartmentsFile}
FIELDS = [((name,), one) for name, model in TABLES.items() for one in list_form_fields(model)]
TYPED = {
    "clock": st.from_regex(r"([01]\d|2[0-3]):[0-5]\d", fullmatch=True),
    "number": st.integers(0, 1500).map(str),
    "email": st.from_regex(r"[a-zåäö.]{1,8}@[a-z]{1,8}\.se", fullmatch=True),
    "date": st.dates().map(str),
    "pairs": st.dictionaries(st.sampled_from(["EUR", "DKK", "USD", "a.b"]), st.floats(0.01, 99).map(lambda value: f"{value:.2f}"), max_size=3).map(
        lambda rates: "\n".join(f"{key} = {value}" for key, value in rates.items())
    ),
}  # fmt: skip
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def comments(text):
    return [found.strip() for found in re.findall(r"(?m)(?:^|\s)#(?: |$).*$", text)]


def typed(one):
    """Return a strategy of what people type into a field: sound values and rubbish."""
    if one.kind == "choice":
        return st.sampled_from(list(one.choices)).map(lambda value: {one.name: [value]})
    if one.kind == "flag":
        return st.sampled_from(["ja", "nej"]).map(lambda value: {one.name: [value]})
    if one.kind == "many":
        return st.just({one.name: []})
    if one.kind == "weekly":
        return st.tuples(st.sampled_from(["", "mon", "sun"]), TYPED["clock"]).map(
            lambda pair: {one.name: [pair[0]], f"{one.name}.tid": [pair[1]]}
        )
    return (TYPED.get(one.kind, WORDS) | WORDS).map(lambda value: {one.name: [value]})


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_an_accepted_value_is_read_back_exactly_and_nothing_else_changes(data):
    before = parse_config(TEXT, PATH)
    place, one = data.draw(st.sampled_from(FIELDS))
    try:
        value = read_field(one, data.draw(typed(one)))
    except ValueError:
        return
    table = plain_values(getattr(before, place[0])) | {one.path[0]: value}
    if find_problems(TABLES[place[0]], table, [one]):
        return
    written = apply_edits(TEXT, [Edit((*place, *one.path), value)])
    after = parse_config(written, PATH)
    expected = TABLES[place[0]].model_validate(table)
    assert getattr(after, place[0]) == expected
    assert after.model_copy(update={place[0]: getattr(before, place[0])}) == before
    gone = {"# vill inte", "# inte heller"} if one.path == ("silent",) else set()  # they go with the elements that they are about
    assert comments(written) == [comment for comment in comments(TEXT) if comment not in gone]


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_edits_of_sources_change_their_key_alone(data):
    before = parse_config(TEXT, PATH)
    source = before.source(data.draw(st.sampled_from(["egen", *SHIPPED[2:7]])))
    key, value = data.draw(
        st.tuples(st.just("enabled"), st.booleans())
        | st.tuples(st.just("every"), st.integers(1, 90))
        | st.tuples(st.just("links"), WORDS)
        | st.tuples(st.just("url"), WORDS.map(lambda text: f"https://{text}"))
        | st.tuples(st.just("publishes"), st.lists(st.sampled_from(["call", "news", "event"]), min_size=1, unique=True))
    )
    place = ("source", "egen", key) if source.id == "egen" else ("sources", source.id, key)
    after = parse_config(apply_edits(TEXT, [Edit(place, value)]), PATH)
    assert after.source(source.id) == Source.model_validate(source.model_dump(mode="json") | {key: value})
    assert [one for one in after.sources if one.id != source.id] == [one for one in before.sources if one.id != source.id]
    assert after.model_copy(update={"sources": ()}) == before.model_copy(update={"sources": ()})


@pytest.mark.parametrize("file", TEXTS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_edits_of_tables_of_rules_change_their_row_alone(file, data):
    text, model = (RULES / file).read_text("utf-8"), TEXTS[file]
    table = file.removesuffix("s.toml")
    before = getattr(model.model_validate(load_values(text)), table)
    row = data.draw(st.sampled_from(before))
    one = data.draw(st.sampled_from([one for one in list_form_fields(type(row)) if one.kind != "choice"]))
    try:
        value = read_field(one, data.draw(typed(one)))
    except ValueError:
        return
    written = apply_edits(text, [Edit((table, row.id, *one.path), value)])
    values = load_values(written)
    assert value_at(find_value(values, (table, row.id)), one.path) == value
    assert [other for other in values[table] if other["id"] != row.id] == [
        other for other in load_values(text)[table] if other["id"] != row.id
    ]
    assert comments(written) == comments(text)


def test_a_row_is_added_behind_the_others_and_taken_away_again():
    row = {"id": "ny", "kind": "feed", "name": "Ny", "url": "https://ny.example.se/", "language": "sv"}
    added = apply_edits(TEXT, [Edit(("source", "ny"), row)])
    assert [source.id for source in parse_config(added, PATH).sources][-2:] == ["egen", "ny"]
    assert load_values(apply_edits(added, [Edit(("source", "ny"), None)])) == load_values(TEXT)
    without = apply_edits(TEXT, [Edit(("source", "egen"), None)])
    assert parse_config(without, PATH).sources[-1].id == load_sources([], {}, "")[-1].id
    assert load_values(apply_edits(without, [Edit(("source", "ny"), row)]))["source"] == [row]
    assert load_values(apply_edits("", [Edit(("source", "ny"), row)])) == {"source": [row]}


def test_elements_of_a_list_keep_the_comments_of_those_that_stay():
    written = apply_edits(TEXT, [Edit(("digest", "silent"), ["nav", "vatten"])])
    assert load_values(written)["digest"]["silent"] == ["nav", "vatten"]
    assert "# inte heller" in written


@pytest.mark.parametrize(
    "text",
    [
        "schedule.crawl = '05:00'\n",
        "schedule = { crawl = '05:00', digest = 'mon 07:00' }\n",
        "[schedule]\r\ncrawl = '05:00'\r\n",
        "",
    ],
)
def test_other_forms_of_the_same_table_are_edited_too(text):
    written = apply_edits(text, [Edit(("schedule", "crawl"), "06:00"), Edit(("sources", "kalla", "enabled"), False)])
    assert load_values(written)["schedule"]["crawl"] == "06:00"
    assert load_values(written)["sources"] == {"kalla": {"enabled": False}}


def test_a_subtable_of_rates_keeps_its_form():
    text = "[money]\nday = '2026-01-01'\n[money.rates] # kurser\nEUR = 11.0 # euro\nDKK = 1.5\n"
    written = apply_edits(text, [Edit(("money", "rates"), {"EUR": 11.2, "NOK": 0.9})])
    assert load_values(written)["money"]["rates"] == {"EUR": 11.2, "NOK": 0.9}
    assert "[money.rates] # kurser" in written
    assert "# euro" in written


def test_what_cannot_be_edited_is_said_in_swedish():
    with pytest.raises(EditError, match="går inte att läsa som den ligger nu"):
        apply_edits("[schedule\n", [Edit(("schedule", "crawl"), "06:00")])
    with pytest.raises(EditError, match="Det finns inget ”borta”"):
        apply_edits(TEXT, [Edit(("source", "borta", "enabled"), False)])


def test_a_mark_holds_for_its_places_alone():
    places = [("schedule", "crawl"), ("digest", "quiet")]
    mark = mark_of(TEXT, places)
    assert mark_of(TEXT.replace("11.5", "12.0"), places) == mark
    assert mark_of(TEXT.replace("04:30", "04:31"), places) != mark
    assert mark_of(TEXT.replace("[digest]", '[digest]\nquiet = "note"'), places) != mark


def test_values_that_are_there_already_are_no_change():
    edits = [
        Edit(("schedule", "crawl"), "04:30"),
        Edit(("sources", SHIPPED[5], "every"), True),
        Edit(("sources", SHIPPED[5], "every"), 3),
    ]
    assert [(change.old, change.new) for change in list_value_changes(TEXT, edits)] == [(3, True)]
