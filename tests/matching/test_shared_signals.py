"""Signals that several themes share: one row of `rules/signals.toml`, a weight of each theme's own."""

import pytest

from monitor.matching.engine import judge_call
from monitor.matching.rules.check import check_files
from monitor.matching.rules.files import parse_files
from monitor.matching.rules.load import check_texts, load_texts
from monitor.web.views.theme_form import form_values, write_form
from tests.matching.rules import FILES, a_call

THEME = "themes/ungdom.toml"
SIGNALS = """
[[signal]]
id = "bygden"
reason = "Texten talar om bygden."
words = ["bygden", "the district"]
in = ["summary", "body"]

[[signal]]
id = "idrott"
programme = ["erasmus"]
"""


def with_weights(line):
    """Return the rules, the theme ungdom with this line of weights."""
    theme = FILES[THEME].replace("[[signal]]", f"{line}\n\n[[signal]]", 1)
    return {**FILES, THEME: theme, "signals.toml": SIGNALS}


def points(texts, call):
    result = judge_call(load_texts(texts), call).result_of("ungdom")
    return result.points if result is not None else 0.0


def test_a_shared_signal_counts_with_the_weight_of_the_theme():
    call = a_call("Ungdomsutbyte", "Det är för bygden.")
    without = points({**FILES, "signals.toml": SIGNALS}, call)
    assert points(with_weights("signals = { bygden = 3 }"), call) == without + 3
    assert points(with_weights("signals = { bygden = -2 }"), call) == without - 2


def test_a_change_of_the_row_changes_each_theme_that_names_it_and_the_version():
    texts = with_weights("signals = { bygden = 3 }")
    changed = {**texts, "signals.toml": SIGNALS.replace("the district", "the parish")}
    call = a_call("Youth exchange", "It is for the parish.")
    assert points(changed, call) == points(texts, call) + 3
    assert load_texts(changed).version != load_texts(texts).version


def test_the_evidence_names_the_shared_signal():
    rules = load_texts(with_weights("signals = { bygden = 3 }"))
    result = judge_call(rules, a_call("Ungdomsutbyte", "Det är för bygden.")).result_of("ungdom")
    assert "bygden" in {hit.signal.id for hit in result.hits}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("signals = { orten = 3 }", "den gemensamma signalen 'orten' finns inte; signals.toml har bygden, idrott"),
        ("signals = { bygden = 0 }", "signal bygden: väntade en vikt: ett heltal från -10 till 10, inte 0"),
        ("signals = { bygden = 11 }", "theme.signals.bygden: väntade högst 10, fann 11"),
        ("signals = { utbyte = 1 }", "den gemensamma signalen 'utbyte' finns inte; signals.toml har bygden, idrott"),
    ],
)
def test_a_wrong_weight_is_named_with_its_line(line, problem):
    texts = with_weights(line)
    found = check_texts(texts)
    expected = texts[THEME].splitlines().index(line) + 1
    assert (found[0].file, found[0].line, found[0].problem) == (THEME, expected, problem)


def test_a_signal_of_the_theme_itself_may_not_have_the_same_name():
    texts = with_weights("signals = { bygden = 3 }")
    texts[THEME] = texts[THEME].replace("[[veto]]", '[[signal]]\nid = "bygden"\nwords = ["hembygd"]\nweight = 1\n\n[[veto]]', 1)
    [problem] = check_texts(texts)
    assert problem.problem == "signal bygden: temat har redan en egen signal med det namnet; döp om den eller ta bort raden här"


def test_a_word_that_the_theme_has_as_well_is_named_at_the_weight():
    texts = with_weights("signals = { bygden = 3 }")
    row = '[[signal]]\nid = "hemma"\nwords = ["bygden"]\nweight = 1\nin = ["summary", "body"]\n\n[[veto]]'
    texts[THEME] = texts[THEME].replace("[[veto]]", row, 1)
    [problem] = check_texts(texts)
    assert problem.problem == "signal bygden: 'bygden' är samma ord som 'bygden' i signal hemma"
    assert texts[THEME].splitlines()[problem.line - 1].startswith("signals = ")


def test_mistakes_of_the_shared_file_are_named_there_and_once():
    texts = with_weights("signals = { bygden = 3 }")
    texts["signals.toml"] = SIGNALS.replace('"the district"', '"..."').replace('"erasmus"', '"erasmos"')
    found = check_texts(texts)
    assert [(problem.file, problem.line) for problem in found] == [("signals.toml", 5), ("signals.toml", 10)]


def test_a_shared_signal_that_no_theme_names_is_a_warning():
    found = parse_files(with_weights("signals = { bygden = 3 }"))
    assert check_files(found) is not None
    assert [str(warning) for warning in found.warnings] == ["signals.toml:9: signal idrott: inget tema nämner den i sina signals"]


def test_the_form_shows_and_writes_the_weights():
    text = with_weights("signals = { bygden = 3 }")[THEME]
    values = form_values(text)
    assert values["shared"] == {"bygden": 3}
    form = {"titel": values["title"], "signal-antal": "0", "veto-antal": "0"}
    lists = {
        "avdelning": values["departments"],
        "omrade": values["strategy"],
        "mal": values["goals"],
        "globalt": values["sdgs"],
    }
    assert write_form(text, form, lists) == text, "a form that does not show them"
    assert write_form(text, {**form, "gemensam-bygden": "3", "gemensam-idrott": ""}, lists) == text
    changed = write_form(text, {**form, "gemensam-bygden": "-1", "gemensam-idrott": "2"}, lists)
    assert "signals = {bygden = -1, idrott = 2}" in changed
    assert "signals =" not in write_form(text, {**form, "gemensam-bygden": "", "gemensam-idrott": "0"}, lists)
