"""Row `matching`: all shipped themes over the lemma text of calls, beside other finders of many terms in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from benchmarks.archives import shipped_rules
from benchmarks.generate import Inputs
from benchmarks.measure import Line, beside, cpu_seconds
from monitor.calls import Call
from monitor.language.call_reading import read_call
from monitor.language.terms import MatchMode, parse_term
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import PreparedCall, analyse_zones
from monitor.matching.match import match_calls

Texts = list[PreparedCall]
Make = Callable[[RuleSet, Texts], Callable[[], object]]


class Peer(NamedTuple):
    """Program that the product is compared with."""

    name: str
    make: Make
    """Builds the peer's index of the terms and returns the task to measure."""
    package: str = ""
    """Module of the peer's package; "" for one that is always installed."""
    bound: float | None = None
    """Ratio of calls per second to reach, ours over the peer's."""
    slow: bool = False
    """True when a dozen of the calls must do for the peer."""


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Return the lines of the row, one per peer."""
    rules = shipped_rules()
    texts = [prepare_call(rules, call) for call in inputs.maker.calls(4 if quick else 600)]
    return [_line(peer, rules, texts, quick) for peer in PEERS]


def _line(peer: Peer, rules: RuleSet, texts: Texts, quick: bool) -> Line:
    few = texts[:: max(1, len(texts) // 12)] if peer.slow else texts
    ours, theirs = partial(match_all, rules, texts), None
    if peer.package and not find_spec(peer.package):
        spent = cpu_seconds(ours)
    else:
        spent, theirs = beside(ours, peer.make(rules, few), 1 if quick else 3 if peer.slow else 25)
    return Line(
        row="matching",
        what=f"{len(rules.live_themes)} themes, {len(rules.term_numbers)} terms",
        unit="calls per second of CPU",
        value=len(texts) / spent,
        peer=peer.name,
        peer_value=len(few) / theirs if theirs else None,
        bound=peer.bound,
    )


def prepare_call(rules: RuleSet, call: Call) -> PreparedCall:
    """Return the call as it comes from the archive: analysed and read."""
    return PreparedCall(call, analyse_zones(rules, call), read_call(call))


def match_all(rules: RuleSet, texts: Texts) -> int:
    """Match every call and return the number of matches."""
    return sum(len(matches) for _, matches in match_calls(rules, texts))


def _streams(texts: Texts) -> list[list[str]]:
    """Return the lemmas of each call, zone after zone, without the entries of our lemma text."""
    return [[zone.partition("\n")[0] for zone in zones.values() if zone] for _, zones, *_ in texts]


def _phrases_of(rules: RuleSet) -> list[str]:
    """Return the terms as plain phrases of lemmas; a term with a star as its letters."""
    return sorted({" ".join(variant) for word in rules.term_numbers for variant in parse_term(word).variants})


def _raw(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    automaton = AhoCorasick([f" {phrase} " for phrase in _phrases_of(rules)], implementation=Implementation.ContiguousNFA)
    whole = [list(zones.values()) for _, zones, *_ in texts]
    return lambda: [automaton.find_matches_as_indexes(text, overlapping=True) for zones in whole for text in zones]


def _hyperscan(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    """Return a scan for the same literals in the same texts; its matches come by a call into Python each."""
    import hyperscan

    phrases = [f" {phrase} ".encode() for phrase in _phrases_of(rules)]
    database: Any = hyperscan.Database()
    database.compile(expressions=phrases, ids=list(range(len(phrases))), elements=len(phrases), literal=True)
    whole = [text.encode() for _, zones, *_ in texts for text in zones.values() if text]

    def scan() -> list[list[int]]:
        found: list[list[int]] = []
        for text in whole:
            ids: list[int] = []
            database.scan(text, match_event_handler=lambda number, *_, ids=ids: ids.append(number))
            found.append(ids)
        return found

    return scan


def _regex(rules: RuleSet, texts: Texts) -> Callable[[], object]:
    compiled = []
    for word in rules.term_numbers:
        term = parse_term(word)
        begins = "" if term.mode in (MatchMode.ENDS, MatchMode.EXACT_ENDS) else r"\b"
        ends = "" if term.mode in (MatchMode.BEGINS, MatchMode.EXACT_BEGINS) else r"\b"
        compiled.append(
            re.compile(begins + "(?:" + "|".join(re.escape(" ".join(variant)) for variant in term.variants) + ")" + ends)
        )
    streams = _streams(texts)
    return lambda: [[pattern.search(text) for pattern in compiled] for zones in streams for text in zones]


def _phrases(rules: RuleSet, texts: Texts, *, split: bool) -> Callable[[], object]:
    """Return a search as spaCy's documentation has it, from text to match; with `split`, from words that are split already."""
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


PEERS = (
    Peer("spaCy PhraseMatcher", partial(_phrases, split=False), "spacy", bound=20.0, slow=True),
    Peer("spaCy PhraseMatcher, its words ready split", partial(_phrases, split=True), "spacy"),
    Peer("one compiled regex per term", _regex, bound=1000.0, slow=True),
    Peer("FlashText", _flashtext, "flashtext"),
    Peer("raw ahocorasick-rs", _raw, bound=0.25),
    Peer("raw hyperscan", _hyperscan, "hyperscan"),
)
