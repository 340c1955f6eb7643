"""What spares work must change no outcome: fewer words looked for in a zone, fewer rows asked, codes told by how they begin."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language import Analyser, TermSet, analyser, parse_term
from monitor.matching.compiled import NOTHING, Gain, Index, Proviso, Reach, Terms, besides_of, ready_terms, stated_by
from monitor.matching.engine import Judgement, analyse_zones
from monitor.matching.match import match_call, match_calls, matches_of
from monitor.matching.rules.load import load_rules
from monitor.matching.rules.model import Condition
from monitor.paths import RULES
from tests.matching.rules import a_call

quick = settings(max_examples=80, deadline=None)


@cache
def shipped():
    return load_rules(RULES)


@cache
def whole_terms():
    return TermSet([parse_term(word) for word in shipped().numbers])


def said(numbers):
    words = [re.sub(r"[*]", "", shipped().words[number % len(shipped().words)]) for number in numbers]
    return ". ".join(f"Kommunen söker stöd för {word} i hela landet" for word in words)


some = st.lists(st.integers(0, 10_000), max_size=40).map(said)


@quick
@given(
    title=some,
    text=some,
    identifier=st.sampled_from(["", "LIFE-2026-SAP-CLIMA-X", "ERASMUS-SPORT-2026-SSCP", "HORIZON-CL5-2026-D3-01"]),
)
def test_a_zone_needs_only_what_is_asked_for_there(title, text, identifier):
    rules = shipped()
    call = a_call(title, text, identifier=identifier)
    zones = {zone: lemmas for zone, lemmas in analyse_zones(rules, call).items() if lemmas}
    every = Judgement(rules, call, {zone: whole_terms().scan(lemmas) for zone, lemmas in zones.items()})
    asked = Judgement(rules, call, {zone: rules.scan(lemmas, zone) for zone, lemmas in zones.items()})
    assert asked.gates == every.gates
    assert matches_of(asked) == matches_of(every)
    assert asked.results == every.results


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(some, some), max_size=70), st.booleans())
def test_many_calls_at_once_get_what_each_gets_alone(written, analysed):
    rules = shipped()
    calls = [a_call(title, text, call_id=str(number)) for number, (title, text) in enumerate(written)]
    pairs = [(call, analyse_zones(rules, call) if analysed else None) for call in calls]
    found = [(judgement.call, matches) for judgement, matches in match_calls(rules, iter(pairs))]
    assert found == [(call, match_call(rules, call)) for call in calls]


def test_words_that_stand_in_no_zone_of_theirs_are_not_looked_for():
    rules = shipped()
    assert rules.scan(analyser().lemma_text("Kommunen söker stöd."), "nowhere").found == frozenset()


pieces = st.sampled_from(["LIFE", "life", "HORIZON", "2026", "SAP", "X1", "", "EuropeAid/7"])
codes = st.lists(pieces, min_size=1, max_size=4).map("-".join)
forms = st.lists(st.one_of(pieces, st.sampled_from(["*", "L*", "*FE", "?IFE", "[hl]*"])), min_size=1, max_size=4).map("-".join)


@given(st.lists(forms.filter(bool), min_size=1, max_size=3), codes, codes)
def test_a_code_is_told_by_its_beginning_only_where_that_tells(patterns, identifier, call_id):
    asked = besides_of(Condition(identifier=tuple(patterns)))
    call = a_call("Stöd", identifier=identifier, call_id=call_id or "1")
    stated = stated_by(call, None)
    plainly = any(fnmatchcase(code, pattern.casefold()) for code in stated.codes for pattern in patterns)
    assert asked.met_by(stated) == plainly


WORDS = ("skola", "bibliotek", "*bibliotek", "LIFE", "klimat*", "hållbar utveckling", "el")


asking = st.tuples(
    st.lists(st.sampled_from(WORDS), max_size=3, unique=True),
    st.lists(st.sampled_from(["life", "erasmus"]), max_size=2, unique=True),
    st.lists(forms.filter(bool), max_size=2),
)


@given(st.lists(asking, max_size=8), st.lists(st.sampled_from(WORDS), max_size=4), codes, st.booleans())
def test_an_index_leaves_out_only_what_a_call_cannot_meet(items, standing, identifier, paid):
    numbers = {word: number for number, word in enumerate(WORDS)}
    asked = [
        (
            ready_terms(words, numbers),
            besides_of(Condition.model_construct(programme=tuple(paying), identifier=tuple(identifiers))),
        )
        for words, paying, identifiers in items
    ]
    lemmas: Analyser = analyser()
    found = TermSet([parse_term(word) for word in WORDS]).scan(lemmas.lemma_text(". ".join(standing).replace("*", ""))).found
    stated = stated_by(a_call("Stöd", identifier=identifier), None)._replace(programme="life" if paid else "")
    possible = Index((place, *one) for place, one in enumerate(asked)).asked(found, stated)
    assert possible == sorted(possible)
    for place, (terms, besides) in enumerate(asked):
        words_may_stand = not terms.order or not terms.patterns.isdisjoint(found)
        if words_may_stand and besides.met_by(stated):
            assert place in possible
        if not words_may_stand or not (terms.order or besides.met_by(stated) or besides.code is not None):
            assert place not in possible


@dataclass(frozen=True)
class Found:
    """What a scan tells of patterns."""

    found: frozenset[str]


PATTERNS = ("a", "b", "c", "d")
provisos = (
    None,
    Proviso(NOTHING, Terms((0,), frozenset("c"), {"c": 0})),
    Proviso(NOTHING, Terms((1,), frozenset("xd"), {"x": 0, "d": 0})),
)
gains = st.builds(
    Gain,
    theme=st.integers(0, 3),
    points=st.sampled_from([0.5, 1.0, 2.0, 0.3, 7.0]),
    proviso=st.sampled_from(provisos),
    zones=st.sampled_from([("title",), ("summary", "body"), ("context",)]),
    patterns=st.frozensets(st.sampled_from(PATTERNS), min_size=1),
)


@given(
    st.lists(gains, max_size=12),
    st.lists(st.sampled_from([-1.0, 0.0, 1.0, 2.5, 6.0, float("inf")]), min_size=4, max_size=4),
    st.fixed_dictionaries({zone: st.frozensets(st.sampled_from(PATTERNS)) for zone in ("title", "summary", "body", "context")}),
    st.booleans(),
)
def test_a_theme_is_near_when_its_gains_suffice_and_only_then(given_gains, least, standing, met):
    scans = {zone: Found(found) for zone, found in standing.items()}
    found = frozenset().union(*standing.values())
    near = dict(Reach(given_gains, least).near(scans, found, stated_by(a_call("Stöd"), None), lambda _: met))
    for theme, needed in enumerate(least):
        counting = [
            gain.points
            for gain in given_gains
            if gain.theme == theme
            and any(gain.patterns & standing[zone] for zone in gain.zones)
            and (gain.proviso is None or (met and gain.proviso.needs.patterns & found))
        ]
        if counting and sum(counting) >= needed:
            assert sum(counting) <= near[theme] <= sum(counting) + len(counting) / 8
        elif not counting or sum(counting) + len(counting) / 8 < needed:
            assert theme not in near
