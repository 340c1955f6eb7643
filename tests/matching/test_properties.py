"""What must not change a match: case, Unicode form, soft hyphens, white space, the order of files; and what may only add to it."""

import random
import unicodedata
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching.engine import judge_call
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from tests.matching.rules import FILES, a_call, match_call, small_rules

RULES_SMALL = small_rules()
SWEDISH = (
    "Kommuner kan söka stöd till ungdomsutbyten som är öppna för alla.",
    "Pengarna är för ungdomar och skolor i hela landet.",
    "Det gäller energieffektivisering i offentliga byggnader och är nytt för i år.",
    "Ansökan öppnar i maj och är öppen till hösten.",
    "Sista dag är den 4 juni och inte senare.",
    "Projektet ska pågå i två år och får inte bli längre.",
)
ENGLISH = (
    "This is about youth exchanges for young people and their towns.",
    "The call is about energy efficiency in public buildings.",
    "The budget is shared by all of the projects.",
    "This is for organisations that are based in the Union.",
)
SENTENCES = SWEDISH + ENGLISH
UNRELATED = {
    SWEDISH: (
        "Mötet hålls på torsdag och är öppet för alla.",
        "Fikat serveras klockan tre och det är gott.",
        "Läs mer på vår webbplats som är ny.",
        "Bilden visar en blå cykel som står vid sjön och inte kan flytta sig.",
    ),
    ENGLISH: (
        "The library is closed on Sundays and this is not new.",
        "Lunch will be served at noon and it is free.",
        "The picture shows a blue bicycle by the lake.",
    ),
}
written_in = st.sampled_from((SWEDISH, ENGLISH))


def drawn(sentences, most=6):
    return st.lists(st.sampled_from(sentences), min_size=1, max_size=most).map(" ".join)


texts = written_in.flatmap(drawn)
quick = settings(max_examples=60, deadline=None)


@cache
def shipped():
    return load_rules(RULES)


def outcome(call, rules=RULES_SMALL):
    """What must stay the same: everything but where in the text the words stand."""
    return [
        (m.department, m.relevance, m.fit, m.level, m.themes, tuple((e.theme, e.signal, e.zone, e.points) for e in m.evidence))
        for m in match_call(rules, call)
    ]


def spaced(text, seed):
    choose = random.Random(seed)
    return "".join(choose.choice((" ", "  ", "\u00a0", "\u202f", "\t")) if letter == " " else letter for letter in text)


def hyphenated(text, seed):
    choose = random.Random(seed)
    return "".join(letter + ("\u00ad" if letter.isalpha() and choose.random() < 0.2 else "") for letter in text)


@quick
@given(title=texts, text=texts)
def test_case_does_not_matter(title, text):
    assert (
        outcome(a_call(title.upper(), text.upper()))
        == outcome(a_call(title.lower(), text.lower()))
        == outcome(a_call(title, text))
    )


@quick
@given(title=texts, text=texts)
def test_unicode_form_does_not_matter(title, text):
    decomposed = a_call(unicodedata.normalize("NFD", title), unicodedata.normalize("NFD", text))
    assert outcome(decomposed) == outcome(a_call(title, text))


@quick
@given(title=texts, text=texts, seed=st.integers(0, 1000))
def test_soft_hyphens_and_kinds_of_space_do_not_matter(title, text, seed):
    noisy = a_call(hyphenated(spaced(title, seed), seed), hyphenated(spaced(text, seed), seed))
    assert outcome(noisy) == outcome(a_call(title, text))


@quick
@given(title=texts, language=written_in, data=st.data(), before=st.booleans())
def test_an_unrelated_sentence_never_removes_a_match(title, language, data, before):
    text = data.draw(drawn(language))
    more = data.draw(drawn(UNRELATED[language], 4))
    longer = a_call(title, f"{more} {text}" if before else f"{text} {more}")
    assert outcome(longer) == outcome(a_call(title, text))


@quick
@given(title=texts, text=texts, other=written_in, data=st.data())
def test_an_unrelated_paragraph_in_another_language_never_removes_a_match(title, text, other, data):
    more = data.draw(drawn(UNRELATED[other], 4))
    assert outcome(a_call(title, f"{text}\n{more}")) == outcome(a_call(title, text))


@quick
@given(title=texts, text=texts, times=st.integers(2, 30))
def test_repeating_the_text_changes_nothing(title, text, times):
    assert outcome(a_call(title, " ".join([text] * times))) == outcome(a_call(title, text))


@quick
@given(language=written_in, data=st.data())
def test_more_text_never_gives_fewer_points(language, data):
    text, more = data.draw(drawn(language)), data.draw(drawn(language))
    before = {r.theme.theme.id: r.points for r in judge_call(RULES_SMALL, a_call("Stöd", text)).results}
    after = {r.theme.theme.id: r.points for r in judge_call(RULES_SMALL, a_call("Stöd", f"{text} {more}")).results}
    assert all(after[theme] >= points for theme, points in before.items())


@quick
@given(
    title=texts,
    text=texts,
    programme=st.sampled_from(["", "LIFE", "ERASMUS", "CERV"]),
    loaded=st.sampled_from(["small", "shipped"]),
)
def test_the_quick_look_at_a_call_leaves_out_no_theme_that_reaches_a_department(title, text, programme, loaded):
    rules = RULES_SMALL if loaded == "small" else shipped()
    judgement = judge_call(rules, a_call(title, text, programme=programme))
    for department in rules.departments.values():
        looked_at, every = (
            {
                result.theme.theme.id
                for result in results
                if department.id in result.theme.theme.departments and result.reaches(department)
            }
            for results in (judgement.candidate_results, judgement.results)
        )
        assert looked_at == every
        reached = {result.theme.theme.id for result in judgement.reached(department)}
        assert reached == (set() if judgement.taken_by(department.id) else every)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(sorted(FILES)), title=texts)
def test_the_order_of_files_changes_nothing(order, title):
    from monitor.matching.rules.load import load_texts

    shuffled = load_texts({name: FILES[name] for name in order})
    assert shuffled.version == RULES_SMALL.version
    assert outcome(a_call(title), shuffled) == outcome(a_call(title))


def test_comments_and_spacing_do_not_make_another_version():
    commented = small_rules(
        ungdom="# En anmärkning\n\n" + FILES["themes/ungdom.toml"].replace("weight = 4", "weight   =  4 # fyra")
    )
    assert commented.version == RULES_SMALL.version
    assert small_rules(ungdom=FILES["themes/ungdom.toml"].replace("weight = 4", "weight = 5")).version != RULES_SMALL.version


INFLECTED = {
    "ungdomsutbyte": ("ungdomsutbyten", "ungdomsutbytets", "ungdomsutbytena"),
    "youth exchange": ("youth exchanges", "Youth Exchange"),
}


def test_an_inflected_word_is_the_same_word_in_the_text_and_in_the_rule():
    for word, forms in INFLECTED.items():
        for form in forms:
            assert outcome(a_call(f"Stöd till {form} i år")) == outcome(a_call(f"Stöd till {word} i år"))
            typed = small_rules(ungdom=FILES["themes/ungdom.toml"].replace(f'"{word}"', f'"{form}"'))
            assert outcome(a_call(f"Stöd till {word} i år"), typed) == outcome(a_call(f"Stöd till {word} i år"))


def test_the_shipped_rules_are_sound_and_order_does_not_matter_there_either(tmp_path):
    rules = load_rules(RULES)
    assert len(rules.themes) >= 25
    named = {name for theme in rules.themes for name in theme.theme.departments}
    assert named == set(rules.departments)
    areas = {area for theme in rules.themes for area in theme.theme.strategy}
    assert areas == {area.id for area in rules.areas.area}
    assert {goal.number for goal in rules.areas.sdg} == set(range(1, 18))
