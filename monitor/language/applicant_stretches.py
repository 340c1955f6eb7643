"""Stretches of a segment: the words that belong to a clause, and where the next clause or its subject begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.language.applicant_clauses import FoundClause
from monitor.language.applicant_phrases import Head, TaggedWord, find_heads
from monitor.language.applicant_words import Group


def listed_behind(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head], last: int) -> list[Head]:
    """Return the members of a list that tells who "all" are: "alla skogsägare kan söka: privatpersoner, kommuner"."""
    if (
        clause.cue.name != "applying"
        or "X" in tags[clause.start : clause.end]
        or any(head.group is not Group.ANY for head in heads)
    ):
        return []
    colon = re.match(r"[^nmXBift:;?]{0,3}:", tags[clause.end : last])
    return find_heads(tokens, clause.end + colon.end(), last) if colon else []


def last_of(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, following: FoundClause | None) -> int:
    """Return the place behind the words that may belong to a clause: where the next one or its subject begins."""
    if following is None:
        return len(tokens)
    if following.cue.side != "before":
        return following.start
    # "medan kommuner, regioner och företag kan delta": the subject begins behind the conjunction, not behind the last comma.
    contrast = tags.rfind("B", clause.end, following.start)
    cut = contrast if contrast >= 0 else tags.rfind(",", clause.end, following.start)
    return _next_subject(tokens, clause.end, following.start) or (cut if cut >= 0 else following.start)


def end_of(clause: FoundClause, heads: Sequence[Head], last: int) -> int:
    """Return the place behind a clause and its applicants."""
    return clause.end if clause.cue.side == "before" else min(last, heads[-1].place + 1 if heads else last)


def _next_subject(tokens: Sequence[TaggedWord], start: int, stop: int) -> int | None:
    """Return the place of an "och" before "minst": there the subject of the next clause begins; None without such words."""
    return next(
        (
            place
            for place in range(start, stop - 1)
            if tokens[place].tag == "&" and tokens[place + 1].word in ("minst", "mindst", "at least")
        ),
        None,
    )


def first_verb(tags: str, start: int) -> int:
    """Return the place of the first finite verb from `start` on; the end where there is none."""
    found = re.compile(r"[mXbsTG]").search(tags, start)
    return found.start() if found else len(tags)
