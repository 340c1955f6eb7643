"""Row: all shipped themes over the lemma text of calls, beside what else finds many terms in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from ahocorasick_rs import AhoCorasick, Implementation

from benchmarks.archives import shipped_rules
from benchmarks.generate import Inputs
from benchmarks.measure import Line, medians
from monitor.calls import Call
from monitor.language.terms import Ask, parse_term
from monitor.matching.judgement import analyse_zones
from monitor.matching.match import match_calls
from monitor.matching.ruleset import RuleSet

Texts = list[tuple[Call, dict[str, str]]]
PHRASES, SPLIT, FLASHTEXT = "spaCy PhraseMatcher", "spaCy PhraseMatcher, its words ready split", "FlashText"


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """The rows `matching`."""
    rules = shipped_rules()
    texts = [(call, analyse_zones(rules, call)) for call in inputs.maker.calls(12 if quick else 600)]
    tasks: dict[str, Callable[[], object]] = {
        "ours": lambda: match_all(rules, texts),
        "raw ahocorasick-rs": _raw(rules, texts),
    }
    few = texts[:: max(1, len(texts) // 12)]
    slow = {"one compiled regex per term": _regex(rules, few)}
    if find_spec("spacy"):
        slow[PHRASES] = _phrases(rules, few, split=False)
        tasks[SPLIT] = _phrases(rules, texts, split=True)
    if find_spec("flashtext"):
        tasks[FLASHTEXT] = _flashtext(rules, texts)
    runs = 1 if quick else 25
    spent = medians(tasks, runs)
    rates = {name: len(texts) / seconds for name, seconds in spent.items()}
    rates |= {name: len(few) / seconds for name, seconds in medians(slow, min(runs, 3)).items()}
    bounds = {PHRASES: 10.0, SPLIT: None, "one compiled regex per term": 100.0, FLASHTEXT: None, "raw ahocorasick-rs": 0.4}
    return [
        Line(
            row="matching",
            what=f"{len(rules.live_themes)} themes, {len(rules.numbers)} terms",
            unit="calls per second of CPU",
            value=rates["ours"],
            peer=peer,
            peer_value=rates.get(peer),
            bound=bound,
        )
        for peer, bound in bounds.items()
    ]


def match_all(rules: RuleSet, texts: Texts) -> int:
    """Match every call; how many matches."""
    return sum(len(matches) for _, matches in match_calls(rules, texts))


def _streams(texts: Texts) -> list[list[str]]:
    """The lemmas of each call, zone after zone, without what our lemma text holds besides."""
    return [[zone.partition("\n")[0] for zone in zones.values() if zone] for _, zones in texts]


def _phrases_of(rules: RuleSet) -> list[str]:
    """The terms as plain phrases of lemmas; a term with a star as its letters."""
    return sorted({" ".join(variant) for word in rules.numbers for variant in parse_term(word).variants})


def _raw(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    automaton = AhoCorasick([f" {phrase} " for phrase in _phrases_of(rules)], implementation=Implementation.ContiguousNFA)
    whole = [list(zones.values()) for _, zones in texts]
    return lambda: [automaton.find_matches_as_indexes(text, overlapping=True) for zones in whole for text in zones]


def _regex(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    compiled = []
    for word in rules.numbers:
        term = parse_term(word)
        begins = "" if term.ask in (Ask.ENDS, Ask.EXACT_ENDS) else r"\b"
        ends = "" if term.ask in (Ask.BEGINS, Ask.EXACT_BEGINS) else r"\b"
        compiled.append(re.compile(begins + "(?:" + "|".join(re.escape(" ".join(one)) for one in term.variants) + ")" + ends))
    streams = _streams(texts)
    return lambda: [[one.search(text) for one in compiled] for zones in streams for text in zones]


def _phrases(rules: RuleSet, texts: Texts, *, split: bool) -> Callable[[], object]:
    """As its documentation has it, from text to match; with `split`, from words that somebody else has found."""
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    language: Any = spacy.blank("xx")
    matcher = PhraseMatcher(language.vocab)
    matcher.add("terms", [Doc(language.vocab, words=phrase.split()) for phrase in _phrases_of(rules)])
    streams = _streams(texts)
    if not split:
        return lambda: [matcher(language.make_doc(text)) for zones in streams for text in zones]
    words = [[text.split() for text in zones] for zones in streams]
    return lambda: [matcher(Doc(language.vocab, words=found)) for zones in words for found in zones if found]


def _flashtext(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    from flashtext import KeywordProcessor

    processor: Any = KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_list(_phrases_of(rules))
    streams = _streams(texts)
    return lambda: [processor.extract_keywords(text) for zones in streams for text in zones]
