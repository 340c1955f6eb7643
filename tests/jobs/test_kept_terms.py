"""Parsed terms are kept in the data folder, used by the next command, and never trusted when they are damaged or old."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.jobs import kept_terms as module
from monitor.jobs.kept_terms import FILE, kept_terms
from monitor.language import terms
from monitor.language.terms import parse_term
from tests.matching.rules import small_rules


@pytest.fixture
def rules():
    return small_rules()


@pytest.fixture
def none_parsed(monkeypatch):
    """Forget the terms that this process has parsed."""
    monkeypatch.setattr(terms, "_parsed", {})


def keep(rules, folder):
    with kept_terms(folder) as kept:
        return kept(rules)


def test_terms_of_rules_are_parsed_once(rules, tmp_path, monkeypatch, none_parsed):
    parsed = {text: parse_term(text) for text in rules.term_texts}
    assert keep(rules, tmp_path) is rules
    monkeypatch.setattr(terms, "_parsed", {})
    monkeypatch.setattr(terms, "_parse", None)  # parsing again would fail
    with kept_terms(tmp_path):
        assert {text: parse_term(text) for text in rules.term_texts} == parsed


def test_the_file_is_written_only_when_a_term_is_new(rules, tmp_path):
    keep(rules, tmp_path)
    first = (tmp_path / FILE).stat()
    keep(rules, tmp_path)
    assert (tmp_path / FILE).stat().st_ino == first.st_ino
    data = json.loads((tmp_path / FILE).read_text("utf-8"))
    data["terms"].popitem()
    (tmp_path / FILE).write_text(json.dumps(data), "utf-8")
    keep(rules, tmp_path)
    assert json.loads((tmp_path / FILE).read_text("utf-8"))["terms"].keys() >= set(rules.term_texts)


def test_terms_of_another_version_of_the_program_are_parsed_anew(rules, tmp_path, monkeypatch, none_parsed):
    keep(rules, tmp_path)
    data = json.loads((tmp_path / FILE).read_text("utf-8"))
    wrong = {typed: [text, mode, [["fel"]]] for typed, (text, mode, _) in data["terms"].items()}
    (tmp_path / FILE).write_text(json.dumps({"version": "0", "terms": wrong}), "utf-8")
    monkeypatch.setattr(terms, "_parsed", {})
    with kept_terms(tmp_path):
        assert all(parse_term(text).variants != (("fel",),) for text in rules.term_texts)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\x00", '"version"'])
def test_a_damaged_file_is_written_anew(text, rules, tmp_path):
    (tmp_path / FILE).write_text(text, "utf-8")
    keep(rules, tmp_path)
    assert json.loads((tmp_path / FILE).read_text("utf-8"))["terms"]


def test_terms_of_a_damaged_row_are_not_used(rules, tmp_path, none_parsed):
    keep(rules, tmp_path)
    data = json.loads((tmp_path / FILE).read_text("utf-8"))
    data["terms"]["ord"] = ["ord", "gissat", []]
    (tmp_path / FILE).write_text(json.dumps(data), "utf-8")
    assert module._read(tmp_path / FILE, data["version"]) == {}


def test_a_term_is_kept_as_it_was_typed(tmp_path, monkeypatch, none_parsed):
    term = parse_term("lokal  utveckling")
    module._write(tmp_path / FILE, "1", {"lokal  utveckling": term})
    assert module._read(tmp_path / FILE, "1") == {"lokal  utveckling": term}


def test_a_folder_that_is_missing_is_not_made(rules, tmp_path):
    assert keep(rules, tmp_path / "data") is rules
    assert not (tmp_path / "data").exists()


@given(st.text(max_size=30))
def test_a_kept_term_is_the_parsed_term(text):
    try:
        term = parse_term(text)
    except ValueError:
        return
    row = json.loads(json.dumps([term.text, term.mode, term.variants]))
    assert terms.Term(row[0], terms.MatchMode(row[1]), tuple(map(tuple, row[2]))) == term
