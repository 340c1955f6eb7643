"""Which calls a theme's words can touch, with their lemma texts: all that a preview has to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlite_utils import Database

from monitor.archive.matches import read_calls
from monitor.calls import Call
from monitor.language.terms import TermSet, parse_term
from monitor.matching.match import analyse_zones
from monitor.matching.ruleset import RuleSet


def touched_calls(db: Database, rules: RuleSet, words: Iterable[str]) -> Iterator[tuple[Call, Mapping[str, str]]]:
    """Every call in which at least one of the words stands, with its lemma texts."""
    terms = TermSet([parse_term(word) for word in dict.fromkeys(words)])
    for call in read_calls(db):
        zones = analyse_zones(rules, call)
        if any(terms.find(text) for text in zones.values() if text):
            yield call, zones
