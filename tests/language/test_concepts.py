"""Concepts are found by any of their terms, in any inflection and in either language."""

import pytest

from monitor.language.analyser import analyser
from monitor.language.concepts import Concept, Concepts
from monitor.language.terms import parse_term

PIPES = Concept(id="avlopp", sv=("avlopp", "spillvatten"), en=("waste water", "sewage"), broader="va", area="Vatten")
SUPPLY = Concept(id="va", sv=("vattentjänst", "VA"), en=("water service",), area="Vatten")
OLD = Concept(id="aldre", sv=("äldre", "äldre person"), en=("elderly people",), area="Omsorg")
LIFE = Concept(id="life", sv=("LIFE", "miljöprogrammet LIFE"), en=("LIFE programme",), programme=("life",))
FLOOD = Concept(id="oversvamning", sv=("översvämning",), en=("flood", "water service"), also=True)
ALL = Concepts([PIPES, SUPPLY, OLD, LIFE, FLOOD])


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("avlopp", ["avlopp"]),
        ("avloppen", ["avlopp"]),
        ("Spillvattnet", ["avlopp"]),
        ("wastewater", ["avlopp"]),
        ("waste water", ["avlopp"]),
        ("waste-water", ["avlopp"]),
        ("floods", ["oversvamning"]),
        ("översvämningar", ["oversvamning"]),
        ("äldre", ["aldre"]),
        ("äldre personer", ["aldre"]),
        ("water services", ["va", "oversvamning"]),
        ("LIFE", ["life"]),
        ("life", []),
        ("VA", ["va"]),
        ("avlopp*", []),
        ("water", []),
        ("avloppsrening", []),
    ],
)
def test_a_term_has_the_concepts_that_hold_it(typed, ids):
    assert [concept.id for concept in ALL.of_term(parse_term(typed))] == ids


def test_a_concept_has_its_terms_swedish_ones_first():
    assert ALL.terms("avlopp") == ("avlopp", "spillvatten", "waste water", "sewage")
    assert Concept(id="x", sv=("EU", "ö"), en=("EU", "o")).terms == ("EU", "ö", "o")
    assert ALL.terms("nothing") == ()


def test_concepts_are_told_by_their_ids():
    assert ALL.get("va") is SUPPLY
    assert ALL.get("nothing") is None
    assert "avlopp" in ALL
    assert "nothing" not in ALL
    assert len(ALL) == 5
    assert [concept.id for concept in ALL] == ["avlopp", "va", "aldre", "life", "oversvamning"]
    assert ALL.narrower("va") == (PIPES,)


def test_a_term_that_can_never_be_found_stops_no_lookup():
    broken = Concepts([Concept(id="trasig", sv=("...", "trasig"), en=("broken",))])
    assert [concept.id for concept in broken.of_term(parse_term("trasiga"))] == ["trasig"]


def test_no_concepts_give_none():
    assert Concepts().of_term(parse_term("avlopp")) == ()


def test_the_concepts_of_a_text_with_their_terms_and_none_inside_a_longer_one():
    concepts = Concepts(
        [
            Concept(id="avfall", sv=("avfall",), en=("waste",)),
            Concept(id="avlopp", sv=("avlopp",), en=("waste water",)),
        ]
    )

    def found(text):
        return {name: [term.text for term in terms] for name, terms in concepts.terms_in(analyser().lemma_text(text)).items()}

    assert found("Heat from waste water") == {"avlopp": ["waste water"]}
    assert found("Waste water and other wastes") == {"avfall": ["waste"], "avlopp": ["waste water"]}
    assert found("Avloppet. Wastewater.") == {"avlopp": ["avlopp", "waste water"]}
    assert found("") == found("Skola") == {}


def test_what_is_broader_and_the_words_of_a_concept():
    concepts = Concepts(
        [Concept(id="a", sv=("natur",), en=()), Concept(id="b", sv=("våtmarker",), en=("wetland",), broader="a"),
         Concept(id="c", sv=("kärr",), en=(), broader="b"), Concept(id="d", sv=("ring",), en=(), broader="d")]
    )  # fmt: skip
    assert concepts.broader_than(["c"]) == {"a", "b"}
    assert concepts.broader_than(["d", "x"]) == {"d"}
    assert {("våtmark",), ("wetland",)} <= set(concepts.variants("b"))
