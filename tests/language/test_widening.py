"""A query finds also what its words stand for: other words of a concept, dotted spellings, programmes, themes and publishers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.concepts import Concept, Concepts
from monitor.language.dots import is_dotted_spelling, without_dots
from monitor.language.queries import parse_query
from monitor.language.widening import ArchiveWords, Named, Names, SearchVocabulary, Target, list_names, widen

CONCEPTS = Concepts(
    [
        Concept(id="avlopp", sv=("avlopp", "spillvatten"), en=("wastewater", "sewage")),
        Concept(id="vald", sv=("våld i nära relationer",), en=("domestic violence",)),
        Concept(id="aldre", sv=("äldreomsorg",), en=("elderly care",)),
        Concept(id="utbyte", sv=("ungdomsutbyte",), en=("youth exchange",)),
        Concept(
            id="cerv", sv=("CERV", "medborgarprogrammet"), en=("Citizens, Equality, Rights and Values",), programme=("cerv",)
        ),
        Concept(id="sida", sv=("SIDA",), en=("Swedish aid agency",)),
    ]
)
NAMES = Names(
    list_names(
        [("life", ("Life: miljö och klimat", "LIFE")), ("digital", ("Programmet för ett digitalt Europa", "DIGITAL"))],
        [("unga", "Unga och kultur"), ("idrott", "Idrott och fysisk aktivitet")],
        [("skolverket", ("Skolverkets statsbidrag", "Skolverket")), ("region", ("Region Jönköpings län", ""))],
    )
)
VOCABULARY = SearchVocabulary(CONCEPTS, NAMES)
LIFE, DIGITAL, CERV = (Target(Named.PROGRAMME, name) for name in ("life", "digital", "cerv"))


def widened(text, words=None):
    return widen(parse_query(text), VOCABULARY, words)


def others(text, words=None):
    return {other.text for clause in widened(text, words).clauses for other in clause.others}


def targets(text):
    return {target for clause in widened(text).clauses for target in clause.targets}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("avlopp", {"spillvatten", "wastewater", "sewage"}),
        ("avloppet", {"spillvatten", "wastewater", "sewage"}),
        ("sewage", {"avlopp", "spillvatten", "wastewater"}),
        ("våld i nära relationer", {"våld i nära relationer", "domestic violence"}),
        ("ungdoms utbyte", {"ungdoms utbyte", "youth exchange"}),
        ("aldreomsorg", {"äldreomsorg", "elderly care"}),
        ("aldreomsorgen", {"äldreomsorg", "elderly care"}),
        ("Aldreomsorg", {"äldreomsorg", "elderly care"}),
        ('"avlopp"', set()),
        ("avlopp*", set()),
        ("*avlopp", set()),
        ("snö", set()),
        ("sida", set()),
        ("cerv", {"CERV", "medborgarprogrammet", "Citizens, Equality, Rights and Values"}),
    ],
)
def test_words_stand_for_other_words(typed, found):
    assert others(typed) == found


def test_a_word_that_is_left_out_stands_for_itself_alone():
    query = widened("kultur -avlopp")
    assert [term.text for term in query.query.without] == ["avlopp"]
    assert all("wastewater" not in [other.text for other in clause.others] for clause in query.clauses)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("LIFE", {LIFE}),
        ("life", set()),
        ("Life: miljö och klimat", {LIFE}),
        ("life miljö och klimat", {LIFE}),
        ("DIGITAL", {DIGITAL}),
        ("digital", set()),
        ("CERV", {CERV}),
        ("cerv", {CERV}),
        ("idrott", {Target(Named.THEME, "idrott")}),
        ("Unga och kultur", {Target(Named.THEME, "unga")}),
        ("skolverket", {Target(Named.PUBLISHER, "skolverket")}),
        ("och", set()),
        ('"idrott"', set()),
    ],
)
def test_names_stand_for_programmes_themes_and_publishers(typed, found):
    assert targets(typed) == found


@pytest.mark.parametrize(
    ("typed", "identifier"),
    [
        ("CERV-2026-CITIZENS", "CERV-2026-CITIZENS"),
        ("cerv-2026-citizens", "CERV-2026-CITIZENS"),
        ("CREA-CULT*", "CREA-CULT"),
        ("CULT", "CULT"),
        ("KA154", "KA154"),
        ("e-hälsa", ""),
        ("kultur", ""),
        ("EU", ""),
        ("2026", ""),
    ],
)
def test_parts_of_identifiers_are_told_from_words(typed, identifier):
    assert [clause.identifier for clause in widened(typed).clauses] == [identifier]


def test_words_of_a_name_are_one_clause_and_small_words_only_asked_for_as_typed():
    first, second = widened("våld i nära relationer hemma").clauses
    assert [term.text for term in first.words] == ["våld", "i", "nära", "relationer"]
    assert [part.optional for part in first.parts] == [False, True, False, False]
    assert [term.text for term in second.words] == ["hemma"]
    assert [clause.optional for clause in widened("AI i skolan").clauses] == [False, True, False]
    assert widened("och").clauses == ()


def test_words_of_the_archive_are_found_without_their_dots():
    words = ArchiveWords({"nassjo": ("nässjö",)})
    assert others("nassjo", words) == {"nässjö"}
    assert others("Nassjo", words) == {"nässjö"}
    assert others("nässjö", words) == set()


def test_the_reader_is_told_of_the_other_language_first():
    assert [term.text for term in widened("avlopp").shown] == ["wastewater", "sewage", "spillvatten"]
    assert [term.text for term in widened("sewage").shown] == ["avlopp", "spillvatten", "wastewater"]


@given(st.text(alphabet="abåäöéo", max_size=8), st.text(alphabet="abåäöéo", max_size=8))
def test_dots_are_only_added(typed, other):
    assert is_dotted_spelling(typed, other) == (
        typed != other and len(typed) == len(other) and all(a in (b, without_dots(b)) for a, b in zip(typed, other, strict=True))
    )
    assert without_dots(without_dots(typed)) == without_dots(typed)


@given(
    st.lists(
        st.sampled_from(["avlopp", "LIFE", "och", '"avlopp"', "-snö", "CERV-2026", "våld", "i", "nära", "relationer"]), max_size=7
    )
)
def test_every_typed_word_is_in_exactly_one_clause(words):
    query = parse_query(" ".join(words))
    clauses = widen(query, VOCABULARY).clauses
    if clauses:
        assert [term for clause in clauses for term in clause.words] == list(query.terms)
