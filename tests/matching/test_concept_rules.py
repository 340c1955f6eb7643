"""A rule that names concepts is the same as one with their terms written out; what is wrong with concepts is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import RuleErrors
from monitor.language import parse_term
from monitor.language.concepts import Concept, Concepts
from monitor.matching.compare import compare
from monitor.matching.engine import PreparedCall, analyse_zones, judge_call
from monitor.matching.match import evidence_of, matches_of
from monitor.matching.rules.check import check_files
from monitor.matching.rules.check_concepts import find_unused
from monitor.matching.rules.concepts import resolve_fit, resolve_theme
from monitor.matching.rules.files import parse_files, read_files
from monitor.matching.rules.load import check_texts, load_concepts, load_rules, load_texts
from monitor.matching.rules.model import SHORT_TITLE, FitFile, ThemeFile
from monitor.paths import RULES, list_rule_files
from tests.matching.rules import FILES, a_call, match_call, small_rules, write_rules

WATER = """
title = "Vatten och avlopp"

[[concept]]
id = "avlopp"
sv = ["avlopp", "spillvatten"]
en = ["waste water", "wastewater", "sewage"]
broader = "vattentjanst"

[[concept]]
id = "vattentjanst"
sv = ["vattentjänst"]
en = ["water service"]

[[concept]]
id = "unga"
sv = ["ungdom"]
en = ["young people"]
"""
SEWERS = """
[theme]
id = "avlopp"
title = "Avlopp"
departments = ["teknik"]
strategy = ["finansiering"]

[[signal]]
id = "avlopp"
words = ["reningsverk"]
concepts = ["avlopp"]
weight = 5

[[signal]]
id = "smastad"
words = ["small town"]
needs_concepts = ["avlopp"]
weight = 3

[[veto]]
concepts = ["unga"]

[[example]]
title = "Sewage in small towns"
match = true
[[example]]
title = "Avloppet i byn"
match = true
[[example]]
title = "Waste-water treatment"
match = true
[[example]]
title = "Water services"
match = false
[[example]]
title = "Sewage and young people"
match = false
"""
WITH = {**FILES, "concepts/vatten.toml": WATER, "themes/avlopp.toml": SEWERS}


def problems(**changed):
    return [str(error) for error in check_texts({**WITH, **changed})]


def warnings(**changed):
    found = parse_files({**WITH, **changed})
    assert check_files(found) is not None, [str(error) for error in found.errors]
    return [str(warning) for warning in found.warnings]


def test_a_theme_of_concepts_matches_and_shows_the_term_that_was_found():
    (match,) = match_call(load_texts(WITH), a_call("Stöd till spillvattnet", "Sewage in small towns."))
    assert [(item.signal, item.word, item.found) for item in match.evidence] == [
        ("avlopp", "spillvatten", "spillvattnet"),
        ("avlopp", "sewage", "Sewage"),
        ("smastad", "small town", "small towns"),
    ]


def test_a_broader_concept_widens_no_rule():
    assert match_call(load_texts(WITH), a_call("Vattentjänster", "Water services for all.")) == []


def test_a_row_of_the_gates_may_name_concepts():
    fit = (
        FILES["fit.toml"]
        + '\n[[answer]]\nid = "ror"\nanswer = "nej"\nreason = "Rör."\nconcepts = ["avlopp"]\nunless_concepts = ["vattentjanst"]\n'
    )
    rules = load_texts({**FILES, "concepts/vatten.toml": WATER, "fit.toml": fit})
    stopped, passed = (judge_call(rules, a_call("Stöd", text)).gates for text in ("Avlopp.", "Avlopp. En vattentjänst."))
    assert (stopped.rule, stopped.word, passed.rule) == ("ror", "avlopp", "")


def test_files_of_concepts_are_read_from_their_folder_and_kept_with_the_others(tmp_path):
    folder = write_rules(tmp_path, **{"concepts/vatten.toml": WATER, "generic.toml": 'words = ["kommun"]\n'})
    (folder / "notes.toml").write_text("this is no rule", "utf-8")
    rules = load_rules(folder)
    assert [concept.id for concept in rules.concepts] == ["avlopp", "vattentjanst", "unga"]
    assert rules.concepts.get("avlopp").area == "Vatten och avlopp"
    assert rules.generic == ("kommun",)
    assert list(rules.files) == list_rule_files(folder)
    assert list(rules.files)[3:6] == ["fit.toml", "generic.toml", "concepts/vatten.toml"]
    assert load_rules(folder, rules.files).version == rules.version
    assert read_files(folder).errors == []


def test_a_search_reads_the_concepts_alone_and_goes_on_without_a_broken_file(tmp_path):
    folder = write_rules(tmp_path, **{"concepts/vatten.toml": WATER, "concepts/trasig.toml": "title =", "fit.toml": "trasig"})
    (folder / "concepts" / "latin.toml").write_bytes('title = "förskola"'.encode("latin-1"))
    assert [concept.id for concept in load_concepts(folder)] == ["avlopp", "vattentjanst", "unga"]
    assert len(load_concepts(tmp_path / "nowhere")) == 0


def test_rules_without_concepts_and_generic_words_have_none():
    rules = small_rules()
    assert (len(rules.concepts), rules.generic, rules.generic_terms) == (0, (), frozenset())


def test_the_version_follows_every_concept_and_the_generic_words():
    versions = {
        load_texts(texts).version
        for texts in (
            WITH,
            {**WITH, "concepts/vatten.toml": WATER.replace('"vattentjänst"', '"vattenförsörjning"')},
            {**WITH, "generic.toml": 'words = ["kommun"]\n'},
        )
    }
    assert len(versions) == 3
    first, second, third = WATER.split("[[concept]]")[1:]
    parts = {
        f"concepts/{name}.toml": f'title = "X"\n[[concept]]{part}' for name, part in (("a", third), ("b", first), ("c", second))
    }
    spread = {name: text for name, text in WITH.items() if not name.startswith("concepts/")} | parts
    assert load_texts(spread).version == load_texts(WITH).version


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("avlop", "menade du avlopp?"),
        ("Vattentjänst", "menade du vattentjanst?"),
        ("sewage", "menade du avlopp?"),
        ("zzz", "begreppen står i mappen concepts"),
    ],
)
@pytest.mark.parametrize("key", ["concepts", "needs_concepts"])
def test_an_unknown_concept_is_named_with_the_nearest(typed, hint, key):
    theme = SEWERS.replace(f'{key} = ["avlopp"]', f'{key} = ["{typed}"]', 1)
    line = next(number for number, text in enumerate(theme.splitlines(), 1) if f'"{typed}"' in text)
    assert problems(**{"themes/avlopp.toml": theme})[0] == f"themes/avlopp.toml:{line}: begreppet {typed!r} finns inte; {hint}"


def test_an_unknown_concept_of_a_veto_and_of_the_gates_is_named():
    theme = SEWERS.replace('concepts = ["unga"]', 'concepts = ["ungaa"]')
    assert problems(**{"themes/avlopp.toml": theme})[0].endswith("begreppet 'ungaa' finns inte; menade du unga?")
    row = '[[offer]]\nid = "x"\nreason = "X."\nwords = ["xyz"]\nunless_concepts = ["ungaa"]\n'
    assert problems(**{"fit.toml": f"{FILES['fit.toml']}\n{row}"})[0].endswith("begreppet 'ungaa' finns inte; menade du unga?")


def test_a_concept_of_a_veto_that_stops_an_example_is_named_at_the_veto():
    theme = SEWERS.replace('title = "Waste-water treatment"', 'title = "Waste-water treatment for young people"')
    (problem,) = problems(**{"themes/avlopp.toml": theme})
    assert problem == (
        f"themes/avlopp.toml:{theme[: theme.index('[[veto]]')].count(chr(10)) + 1}: "
        "vetot 'young people' stoppar temats eget exempel 'Waste-water treatment for young people'"
    )


@pytest.mark.parametrize(
    ("first", "second", "double"),
    [
        ("sewage plant", "sewage-plant", True),
        ("EU", "EU's", True),
        ("*plan", "*planer", True),
        ("energi- och vattenplan", "energi- och vattenplaner", True),
        ("sewage plant", "sewage", False),
        ("byskola", "byskola*", False),
        ("EU", "eu", False),
    ],
)
def test_terms_alike_in_all_but_their_form_count_twice(first, second, double):
    found = problems(**{"themes/avlopp.toml": SEWERS.replace('["reningsverk"]', f'["reningsverk", "{first}", "{second}"]')})
    expected = [f"signal avlopp: {second!r} är samma ord som {first!r} i signal avlopp"]
    assert [problem.partition(": ")[2] for problem in found] == (expected if double else [])


def test_a_concept_that_is_wrong_is_named_once_and_the_themes_are_not_blamed():
    found = problems(**{"concepts/vatten.toml": WATER.replace('"sewage"', '"..."')})
    assert len(found) == 1
    assert found[0].startswith("concepts/vatten.toml:7: ordet '...' kan aldrig hittas")
    with pytest.raises(RuleErrors):
        load_texts({**WITH, "concepts/vatten.toml": WATER.replace("[[concept]]", "[concept", 1)})


def test_a_term_of_two_concepts_is_allowed_when_it_says_so():
    shared = WATER.replace('["water service"]', '["water service", "sewage"]')
    assert "står redan i begreppet avlopp" in problems(**{"concepts/vatten.toml": shared})[0]
    for place in ('id = "avlopp"', 'id = "vattentjanst"'):
        assert problems(**{"concepts/vatten.toml": shared.replace(place, f"{place}\nalso = true")}) == []


def test_two_signals_that_share_a_term_by_a_concept_are_warned_of_and_not_refused():
    theme = SEWERS.replace('needs_concepts = ["avlopp"]\n', "").replace('"small town"', '"small town", "sewage"')
    (warning,) = warnings(**{"themes/avlopp.toml": theme})
    assert warning.startswith("themes/avlopp.toml:10: signal avlopp: 'sewage'") or "'sewage' är samma ord" in warning
    assert "genom begreppet avlopp, så det räknas två gånger" in warning


def test_a_word_that_the_concept_of_its_signal_has_as_well_is_no_problem():
    theme = SEWERS.replace('["reningsverk"]', '["reningsverk", "avlopp"]')
    assert warnings(**{"themes/avlopp.toml": theme}) == []


def test_concepts_that_no_rule_names_are_counted():
    assert find_unused(parse_files(WITH)) == ("vattentjanst",)
    assert find_unused(parse_files({**WITH, "generic.toml": 'concepts = ["vattentjanst"]\n'})) == ()


def test_a_new_word_in_a_concept_shows_in_the_comparison_of_rules():
    old = load_texts(WITH)
    new = load_texts({**WITH, "concepts/vatten.toml": WATER.replace('"spillvatten"', '"spillvatten", "dränering"')})
    call = a_call("Dränering av små byar", "Dräneringen är dyr.")
    outcome = compare(old, new, [PreparedCall(call, analyse_zones(old, call))])
    assert [item.title for item in outcome.departments["teknik"].gained] == [call.title]


# Terms that are no forms of each other, and texts that have them.
TERMS = ("avlopp", "dagvatten", "sewage", "bibliotek", "youth club", "vänort", "LIFE", "energi", "cykelväg", "town twinning")
ids = st.sampled_from(("ett", "tva", "tre"))
id_lists = st.lists(ids, max_size=2, unique=True)
word_lists = st.lists(st.sampled_from(TERMS), max_size=2, unique=True)
zone_lists = st.lists(st.sampled_from(["title", "summary", "body", "context"]), min_size=1, unique=True)
term_lists = st.lists(st.sampled_from(TERMS), min_size=1, max_size=3, unique=True).map(tuple)
concept_sets = st.tuples(*(st.builds(Concept, id=st.just(name), sv=term_lists, en=term_lists) for name in ("ett", "tva", "tre")))
texts = st.lists(st.sampled_from((*TERMS, "avloppet", "biblioteken", "om", "youth clubs")), max_size=6).map(". ".join)
conditions = {"words": word_lists, "concepts": id_lists, "in": zone_lists}


def says_something(condition):
    return bool(condition["words"] or condition["concepts"])


signals = st.lists(
    st.fixed_dictionaries(
        {**conditions, "needs": word_lists, "needs_concepts": id_lists, "weight": st.integers(-3, 8).filter(bool)}
    ).filter(says_something),
    min_size=1,
    max_size=4,
)
vetoes = st.lists(st.fixed_dictionaries(conditions).filter(says_something), max_size=1)
answers = st.lists(
    st.fixed_dictionaries(
        {"words": word_lists, "concepts": id_lists, "unless": word_lists, "unless_concepts": id_lists, "in": zone_lists}
    ).filter(says_something),
    max_size=2,
)
HEAD = {"id": "prov", "title": "Prov", "departments": ["kultur", "teknik"], "strategy": ["finansiering"]}


def written_out(row, concepts):
    """Return a row of rules with the terms of its concepts in place of their ids."""
    row = dict(row)
    for words, names in (("words", "concepts"), ("needs", "needs_concepts"), ("unless", "unless_concepts")):
        if names in row:
            terms = [term for name in row.pop(names) for concept in concepts if concept.id == name for term in concept.terms]
            row[words] = [*row[words], *(term for term in terms if term not in row[words])]
            row[words] = list(dict.fromkeys(row[words]))
    return row


@given(
    concepts=concept_sets,
    signal=signals,
    veto=vetoes,
    answer=answers,
    generic=word_lists,
    title=texts,
    text=texts,
    summary=texts,
)
def test_concepts_are_the_same_as_their_terms_written_out(concepts, signal, veto, answer, generic, title, text, summary):
    base, known = replace(small_base(), generic=tuple(generic)), Concepts(concepts)
    numbered = [{**row, "id": f"s{number}"} for number, row in enumerate(signal)]
    rows = [{**row, "id": f"a{number}", "answer": "nej", "reason": f"Svar {number}."} for number, row in enumerate(answer)]
    by_concepts = replace(
        base,
        themes=(resolve_theme(ThemeFile.model_validate({"theme": HEAD, "signal": numbered, "veto": veto}), known),),
        fit=resolve_fit(FitFile.model_validate({"place": base.fit.place.model_dump(), "answer": rows}), known),
    )
    by_words = replace(
        base,
        themes=(
            ThemeFile.model_validate(
                {
                    "theme": HEAD,
                    "signal": [written_out(row, concepts) for row in numbered],
                    "veto": [written_out(row, concepts) for row in veto],
                }
            ),
        ),
        fit=FitFile.model_validate(
            {"place": base.fit.place.model_dump(), "answer": [written_out(row, concepts) for row in rows]}
        ),
    )
    call = a_call(title, text, summary=summary)
    one, other = judge_call(by_concepts, call), judge_call(by_words, call)
    assert matches_of(one) == matches_of(other)
    assert evidence_of(one, one.results) == evidence_of(other, other.results)
    assert [(r.points, [v[1:] for v in r.vetoes]) for r in one.results] == [
        (r.points, [v[1:] for v in r.vetoes]) for r in other.results
    ]
    assert one.gates == other.gates


_BASE = []


def small_base():
    if not _BASE:
        _BASE.append(small_rules())
    return _BASE[0]


def test_the_terms_of_this_test_are_no_forms_of_each_other():
    variants = [set(parse_term(term).variants) for term in TERMS]
    assert all(one.isdisjoint(other) for number, one in enumerate(variants) for other in variants[:number])


def test_a_title_that_no_subject_line_holds_needs_a_short_one():
    long = SEWERS.replace('title = "Avlopp"', 'title = "Vatten, avlopp och dagvatten i tätorter"')
    assert long != SEWERS
    assert warnings(**{"themes/avlopp.toml": long}) == [
        "themes/avlopp.toml:4: theme avlopp: 'Vatten, avlopp och dagvatten i tätorter' är för långt för mejlets ämnesrad; "
        "ge det ett short"
    ]
    mended = long.replace("[theme]\n", '[theme]\nshort = "Vatten och avlopp"\n')
    assert warnings(**{"themes/avlopp.toml": mended}) == []
    (problem,) = problems(**{"themes/avlopp.toml": long.replace("[theme]\n", f'[theme]\nshort = "{"a" * 25}"\n')})
    assert "högst 24 tecken" in problem


def test_the_shipped_themes_have_titles_for_subject_lines_in_both_languages():
    rules = load_rules(RULES)
    for theme in (theme.theme for theme in rules.themes):
        assert 0 < len(theme.short or theme.title) <= SHORT_TITLE
        assert 0 < len(rules.short_title(theme.id, "en") or rules.english_titles[theme.id]) <= SHORT_TITLE
    assert set(rules.areas.english_short) <= set(rules.areas.english)
