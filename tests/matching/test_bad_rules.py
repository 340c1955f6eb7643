"""Every mistake in a rule file is named with its file, its line and what was expected; nothing is loaded then."""

import re
from pathlib import Path

import pytest

from monitor.errors import RuleErrors
from monitor.matching.rules.load import check_rules, load_rules
from tests.matching.rules import FILES, write_rules

BAD = sorted((Path(__file__).parents[1] / "rules_bad").glob("*.toml"))


def read_bad(path):
    """The file's text, its place among the rules, and the expected problems as (line, beginning of the problem)."""
    text = path.read_text("utf-8")
    place = re.search(r"^# file: (.+)$", text, re.MULTILINE)[1]
    expected = [(int(line), problem) for line, problem in re.findall(r"^# expect: (\d+): (.*)$", text, re.MULTILINE)]
    return text, place, expected


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_each_mistake_is_named_with_its_line(path, tmp_path):
    text, place, expected = read_bad(path)
    assert expected, "the file says what is to be expected of it"
    folder = write_rules(tmp_path, **{place: text})
    found = check_rules(folder)
    assert [(error.file, error.line) for error in found] == [(place, line) for line, _ in expected]
    for error, (_, problem) in zip(found, expected, strict=True):
        assert error.problem.startswith(problem)
    with pytest.raises(RuleErrors) as raised:
        load_rules(folder)
    assert [str(error) for error in raised.value.errors] == [str(error) for error in found]


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path):
    names = ("unknown-department", "unknown-key", "star-in-the-middle", "not-toml", "too-few-examples")
    bad = {place: text for text, place, _ in map(read_bad, (path for path in BAD if path.stem in names))}
    found = check_rules(write_rules(tmp_path, **bad))
    assert {error.file for error in found} == set(bad)
    assert len(found) == 6


def test_several_mistakes_of_one_file_are_named_at_once(tmp_path):
    theme = FILES["themes/ungdom.toml"].replace('"kultur"', '"kulturen"').replace('"utbyten"', '"resor"').replace("ungdom*", "*")
    found = check_rules(write_rules(tmp_path, **{"themes/ungdom.toml": theme}))
    assert [error.line for error in found] == sorted(error.line for error in found)
    assert len(found) == 3


def test_t55_a_rule_that_would_silence_or_match_everything_is_refused(tmp_path):
    for word in ("*", "", "   ", "|", "(i?)"):
        theme = FILES["themes/ungdom.toml"].replace('"youth exchange"', f'"{word}"')
        problems = check_rules(write_rules(tmp_path, **{"themes/ungdom.toml": theme}))
        assert problems, word


def test_t57_one_broken_theme_stops_the_whole_set(tmp_path):
    folder = write_rules(tmp_path, **{"themes/trasig.toml": '[theme]\nid = "trasig"\n'})
    with pytest.raises(RuleErrors, match=r"themes/trasig\.toml:1: signal: saknas"):
        load_rules(folder)


def test_a_file_that_cannot_be_read_is_a_problem_among_the_others(tmp_path):
    folder = write_rules(tmp_path, **{"themes/ungdom.toml": FILES["themes/ungdom.toml"].replace('"kultur"', '"kulturen"')})
    (folder / "areas.toml").unlink()
    (folder / "themes" / "latin.toml").write_bytes('title = "förskola"'.encode("latin-1"))
    found = [str(error) for error in check_rules(folder)]
    assert any(text.startswith("areas.toml:1: kan inte läsas") for text in found)
    assert any(text.startswith("themes/latin.toml:1: är inte UTF-8") for text in found)
    assert any("department 'kulturen' finns inte" in text for text in found)
