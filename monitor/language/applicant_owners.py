"""Applicants named by adjectives alone, without a noun of a group: "både kommunala och privata", "statliga projekt"."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.language.applicant_phrases import Head, TaggedWord, owning_adjectives
from monitor.language.applicant_words import adjectives, words_of


def find_named_by_adjective(tokens: Sequence[TaggedWord], start: int, stop: int) -> list[Head]:
    """Return the groups of a list of adjectives without a noun: "Vem kan söka: kommunala, statliga och fristående".

    A list with any other word than adjectives and one unknown member names none.
    """
    members = [place for place in range(start, stop) if tokens[place].tag not in ",&" and tokens[place].word not in ".;"]
    words = owning_adjectives()
    named = [place for place in members if tokens[place].word in words and tokens[place].noun is None]
    if len(named) < 2 or len(members) - len(named) > 1:
        return []
    return [Head(place, adjectives()[tokens[place].word], partial=len(named) < len(members), negated=False) for place in named]


def find_owners(tokens: Sequence[TaggedWord], start: int, stop: int) -> list[Head]:
    """Return the groups of owners that adjectives tell of: "ägare av skyddsrum, såväl privata som offentliga, kan söka"."""
    words, place, heads = owning_adjectives(), stop - 1, list[Head]()
    while place >= start and tokens[place].word in ".;":
        place -= 1
    while place >= start and (
        tokens[place].tag in "&,r" or tokens[place].word in words_of("both_and") or tokens[place].word in words
    ):
        if tokens[place].word in words:
            heads.insert(0, Head(place, adjectives()[tokens[place].word], partial=False, negated=False))
        place -= 1
    return heads if len(heads) > 1 and tokens[place + 1].word in words_of("both_and") | {","} else []


def find_run_by_adjective(tokens: Sequence[TaggedWord], start: int, stop: int) -> list[Head]:
    """Return the groups named by the adjectives of what is refused: "kommunala och statliga projekt omfattas inte"."""
    if stop - start < 2 or tokens[stop - 1].word not in words_of("run_by_applicants"):
        return []
    words, place, heads = owning_adjectives(), stop - 2, list[Head]()
    while place >= start and (tokens[place].tag in "&," or tokens[place].word in adjectives()):
        if tokens[place].word in words:
            heads.insert(0, Head(place, adjectives()[tokens[place].word], partial=False, negated=False))
        place -= 1
    return heads
