"""Matching by upper bounds gives the same points, hits and matches as scoring every theme by the book."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import ZONES, call_zones
from monitor.language import TermSet, analyser, parse_term
from monitor.matching.compiled import FACTORS, FIELDS
from monitor.matching.engine import Judgement, PreparedCall, Shared, analyse_zones, judge_call
from monitor.matching.match import match_calls, matches_of
from monitor.matching.rules.load import load_rules
from monitor.matching.rules.model import Signal, ThemeFile
from monitor.paths import RULES
from tests.matching.rules import a_call, match_call, small_rules


@cache
def shipped():
    return load_rules(RULES)


@cache
def is_generic(word, generic):
    asked = parse_term(word)
    others = [parse_term(other) for other in generic]
    return any(asked.mode is other.mode and not set(asked.variants).isdisjoint(other.variants) for other in others)


class NaiveScorer:
    """Scorer that follows the definition of a rule word for word: every condition of every theme, no compiled rule, no shortcut."""

    def __init__(self, rules, call, terms):
        self.rules, self.call = rules, call
        self.zones = {
            zone: {
                terms.texts[number]: place
                for number, place in terms.scan(analyser().lemma_text(text, around=call.language)).places.items()
            }
            for zone, text in call_zones(call).items()
            if text
        }

    def matches_metadata(self, condition):
        programme = self.rules.programme_of(self.call)
        codes = [code.casefold() for code in (self.call.identifier, self.call.call_id) if code]
        if condition.programme and (programme is None or programme.id not in condition.programme):
            return False
        wanted = [pattern.casefold() for pattern in condition.identifier]
        return not wanted or any(fnmatchcase(code, pattern) for code in codes for pattern in wanted)

    def first(self, words, zones):
        return next(((zone, word) for zone in zones for word in words if word in self.zones.get(zone, ())), None)

    def is_generic(self, word):
        """Return True for a term that shares a variant with one of the generic terms."""
        return is_generic(word, self.rules.generic)

    def first_of_signal(self, words, zones):
        """Return the first hit of a term that is not generic, else the first of any."""
        return self.first([word for word in words if not self.is_generic(word)], zones) or self.first(words, zones)

    def carries(self, theme, hit):
        """Return True for a hit that is enough reason for a match, given the points."""
        name, _, term, points = hit
        needs = next(signal.needs for signal in theme.signal if signal.id == name)
        backed = self.first([word for word in needs if not self.is_generic(word)], ZONES) is not None
        return bool(term) and points > 0 and (backed or not self.is_generic(term))

    def score(self, theme):
        """Return the hits and vetoes of a theme as (id, zone, term, points) and (name, term, zone)."""
        hits, vetoes = [], []
        for signal in theme.signal:
            if not self.matches_metadata(signal) or (signal.needs and self.first(signal.needs, ZONES) is None):
                continue
            if not signal.words:
                hits.append((signal.id, "programme", "", signal.weight * FACTORS["structure"]))
            for name, zones in FIELDS.items() if signal.words else ():
                found = self.first_of_signal(signal.words, [zone for zone in zones if zone in signal.zones])
                if found is not None:
                    hits.append((signal.id, *found, signal.weight * FACTORS[name]))
        for veto in theme.veto:
            found = self.first(veto.words, veto.zones) if veto.words else ("programme", "")
            if found is not None and self.matches_metadata(veto):
                vetoes.append((veto.name, found[1], found[0]))
        return hits, vetoes

    def reaching(self):
        """Return the ids of the themes that reach each department in use, by the department's id."""
        reaching, points = {}, {}
        for theme in self.rules.live_themes:
            hits, vetoes = self.score(theme)
            speaks = any(self.carries(theme, hit) for hit in hits)
            points[theme.theme.id] = sum(found[3] for found in hits)
            for name in theme.theme.departments:
                department = self.rules.departments[name]
                enough = points[theme.theme.id] >= department.threshold
                if department.enabled and speaks and enough and not vetoes:
                    reaching.setdefault(name, set()).add(theme.theme.id)
        return {name: themes for name, themes in reaching.items() if not self.is_taken(name, reaching, points)}

    def is_taken(self, name, reaching, points):
        """Return True for a department from which another takes the call.

        That is one whose themes all yield, where another has a theme that does not of relevance 65 or more, and one where another
        has 75 or more: it has relevance 65 or less without a word in the title, or less than 75 by one word of a weight below 4.
        The other theme is named by some word that none of its own is.
        """
        yielding = {theme.theme.id for theme in self.rules.live_themes if theme.theme.yields}
        own = [theme for theme in self.rules.live_themes if theme.theme.id in reaching[name]]
        titled = any(
            zone == "title" and worth > 0 and not self.is_generic(term)
            for theme in own
            for _, zone, term, worth in self.score(theme)[0]
        )

        def relevance(department, themes):
            return max(
                (round(100 * (1 - 2 ** (-points[theme] / self.rules.departments[department].threshold))) for theme in themes),
                default=0,
            )

        if reaching[name] <= yielding:
            least = 65
        elif (relevance(name, reaching[name]) <= 65 and not titled) or (
            relevance(name, reaching[name]) < 75 and self.is_one_word([hit for theme in own for hit in self.naming(theme)])
        ):
            least = 75
        else:
            return False
        words = {term for theme in own for _, _, term in self.naming(theme)}
        others = {theme.theme.id for theme in self.rules.live_themes if {term for _, _, term in self.naming(theme)} - words}
        return any(relevance(other, reaching[other] & others - yielding) >= least for other in reaching.keys() - {name})

    def naming(self, theme):
        """Return the weight, place and term of each hit that carries and weighs 2 or more."""
        weights = {signal.id: signal.weight for signal in theme.signal}
        found = [hit for hit in self.score(theme)[0] if self.carries(theme, hit) and weights[hit[0]] >= 2]
        return [(weights[name], (zone, self.zones[zone][term]), term) for name, zone, term, _ in found]

    def is_one_word(self, naming):
        """Return True when the hits are all of one word: the same term or place, or joined by another hit that has both."""
        if any(weight >= 4 for weight, _, _ in naming):
            return False
        groups = []
        for _, place, term in naming:
            joined = [group for group in groups if place in group or term in group]
            groups = [group for group in groups if group not in joined] + [{place, term}.union(*joined)]
        return len(groups) <= 1

    def themes_with_a_term(self):
        """Return the ids of the themes of which some term is in the call, whether it counts there or not."""
        standing = set().union(*self.zones.values())
        return [
            theme.theme.id
            for theme in self.rules.live_themes
            if any(word in standing for condition in theme.conditions for word in condition.words)
        ]


class AllTerms:
    """Every term of a rule set, looked for in every zone."""

    def __init__(self, rules):
        self.texts = rules.term_texts
        self.terms = TermSet([parse_term(text) for text in self.texts])

    def scan(self, lemma_text):
        return self.terms.scan(lemma_text)


@cache
def shipped_terms():
    return AllTerms(shipped())


def shown(rules, result):
    """Return the hits and vetoes of a result as the naive scorer has them."""
    texts = rules.term_texts
    hits = [(hit.signal.id, hit.zone, texts[hit.term] if hit.term >= 0 else "", hit.points) for hit in result.hits]
    return hits, [(veto.name, word, zone) for veto, word, zone in result.vetoes]


def assert_scored_by_the_book(rules, call, terms):
    judgement, naive = judge_call(rules, call), NaiveScorer(rules, call, terms)
    assert {
        name: {result.theme.theme.id for result in found} for name, found in judgement.departments.items()
    } == naive.reaching()
    assert [result.theme.theme.id for result in judgement.results] == naive.themes_with_a_term()
    for result in (*judgement.results, *judgement.candidate_results):
        hits, vetoes = naive.score(result.theme)
        assert shown(rules, result) == (hits, vetoes)
        assert result.points == pytest.approx(sum(points for *_, points in hits))


def sentence_with(numbers):
    words = [re.sub(r"[*]", "", shipped().term_texts[number % len(shipped().term_texts)]) for number in numbers]
    return ". ".join(f"Kommunen söker stöd för {word} i hela landet" for word in words)


texts = st.lists(st.integers(0, 10_000), max_size=40).map(sentence_with)
identifiers = st.sampled_from(["", "LIFE-2026-SAP-CLIMA-X", "ERASMUS-SPORT-2026-SSCP", "HORIZON-CL5-2026-D3-01"])


@settings(max_examples=60, deadline=None)
@given(title=texts, text=texts, identifier=identifiers)
def test_shipped_rules_score_as_by_the_book(title, text, identifier):
    assert_scored_by_the_book(shipped(), a_call(title, text, identifier=identifier), shipped_terms())


WORDS = ("skola", "bibliotek", "*bibliotek", "LIFE", "klimat*", "hållbar utveckling", "el", "IT")
PHRASES = (
    "skolan",
    "folkbiblioteket",
    "ett bibliotek",
    "LIFE",
    "klimatet",
    "en hållbar utveckling",
    "elen",
    "IT",
    "it",
    "vatten",
)
word_lists = st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple)
zone_lists = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(tuple)
programme_lists = st.lists(st.sampled_from(["life", "erasmus"]), max_size=2, unique=True).map(tuple)
patterns = st.sampled_from(["LIFE-*", "life-2026-?", "*-SAP", "[hl]*", "ERASMUS-SPORT-2026", "*"])
pattern_lists = st.lists(patterns, max_size=2, unique=True).map(tuple)


def says_something(condition):
    return bool(condition["words"] or condition["programme"] or condition["identifier"])


conditions = {"words": word_lists, "zones": zone_lists, "programme": programme_lists, "identifier": pattern_lists}
weights = st.integers(-10, 10).filter(bool)
signals = st.fixed_dictionaries({**conditions, "weight": weights, "needs": word_lists}).filter(says_something)
vetoes = st.fixed_dictionaries(conditions).filter(says_something)
departments = st.lists(st.sampled_from(["kultur", "teknik"]), min_size=1, max_size=2, unique=True)


@st.composite
def themes(draw, name):
    head = {"id": name, "title": name, "departments": draw(departments), "strategy": ["finansiering"]}
    found = draw(st.lists(signals, min_size=1, max_size=6))
    numbered = [{**signal, "id": f"s{number}"} for number, signal in enumerate(found)]
    return ThemeFile.model_validate({"theme": head, "signal": numbered, "veto": draw(st.lists(vetoes, max_size=1))})


@cache
def small():
    return small_rules()


theme_sets = st.tuples(*(themes(name) for name in ("ett", "tva", "tre")))
generic_lists = st.lists(st.sampled_from(("skola", "*bibliotek", "el", "LIFE", "bibliotek")), max_size=3, unique=True).map(tuple)
rule_sets = st.builds(lambda found, generic: replace(small(), themes=found, generic=generic), theme_sets, generic_lists)
phrases = st.lists(st.sampled_from(PHRASES), max_size=5).map(". ".join)
calls = st.builds(
    a_call,
    phrases,
    phrases,
    summary=phrases,
    parent_title=phrases,
    identifier=st.sampled_from(["", "LIFE-2026-A", "life-2026-sap", "ERASMUS-SPORT-2026", "HORIZON-X"]),
    call_id=st.sampled_from(["1", "life-2026-b", "x-sap"]),
    programme=st.sampled_from(["", "life", "43353764"]),
)


@given(rules=rule_sets, call=calls)
def test_rules_of_any_form_score_as_by_the_book(rules, call):
    assert_scored_by_the_book(rules, call, AllTerms(rules))


@settings(max_examples=100, deadline=None)
@given(old=rule_sets, new=rule_sets, equal=st.booleans(), call=calls)
def test_a_judgement_that_shares_equal_themes_is_the_same_as_one_alone(old, new, equal, call):
    new = replace(new, themes=(*old.themes[:1], *new.themes[1:]), generic=old.generic) if equal else new
    old_rules, new_rules = old.with_terms_of(new), new.with_terms_of(old)
    scans = {zone: old_rules.scan(lemmas, zone) for zone, lemmas in analyse_zones(old, call).items()}
    alike = [a.theme.id for a, b in zip(old.themes, new.themes, strict=True) if a == b]
    themes = frozenset(alike if old.generic == new.generic else ())
    shared = Judgement(new_rules, call, scans, shared=Shared(Judgement(old_rules, call, scans), themes, gates=old.fit == new.fit))
    alone = judge_call(new, call)
    assert matches_of(shared) == matches_of(alone)
    assert [shown(new_rules, result) for result in shared.results] == [shown(new, result) for result in alone.results]


@settings(max_examples=60, deadline=None)
@given(title=texts, text=texts, identifier=identifiers)
def test_gates_and_matches_do_not_depend_on_terms_that_no_rule_looks_for_in_a_zone(title, text, identifier):
    rules = shipped()
    call = a_call(title, text, identifier=identifier)
    zones = {zone: lemmas for zone, lemmas in analyse_zones(rules, call).items() if lemmas}
    every = Judgement(rules, call, {zone: shipped_terms().scan(lemmas) for zone, lemmas in zones.items()})
    zoned = judge_call(rules, call, zones)
    assert zoned.gates == every.gates
    assert matches_of(zoned) == matches_of(every)
    assert zoned.results == every.results


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(texts, texts), max_size=20), st.booleans())
def test_calls_matched_together_get_what_each_gets_alone(written, analysed):
    rules = shipped()
    calls = [a_call(title, text, call_id=str(number)) for number, (title, text) in enumerate(written)]
    prepared = [PreparedCall(call, analyse_zones(rules, call) if analysed else None) for call in calls]
    found = [(judgement.call, matches) for judgement, matches in match_calls(rules, iter(prepared))]
    assert found == [(call, match_call(rules, call)) for call in calls]


def test_a_zone_that_no_rule_names_has_no_terms():
    rules = shipped()
    assert rules.scan(analyser().lemma_text("Kommunen söker stöd."), "nowhere").found == frozenset()


def test_a_theme_needs_a_term_however_many_points_its_programme_gives():
    theme = small().themes[0]
    structural = Signal(id="p", weight=10, programme=("life",))
    rules = replace(small(), themes=(theme.model_copy(update={"signal": (structural, *theme.signal)}),))
    assert judge_call(rules, a_call("Vatten", programme="life")).candidate_results == ()
