"""Refusals of applicants: lists of those who cannot apply, refusals of a part only, and applications that are turned down.

`monitor.language.applicants` asks here how a clause with a "not" is meant: "Vem kan inte söka?" refuses those in the lines below
it, "kommuner kan inte söka för drift" refuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.language.applicant_clauses import FoundClause
from monitor.language.applicant_phrases import WITHOUT_BODIES, Head, TaggedWord
from monitor.language.applicant_words import Group, word_set, words_of
from monitor.language.segments import Segment

_MAX_QUOTE_CHARS = 200
_ITEM_WORDS = 5
"""Least words of a line that is no heading."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BULLET = re.compile(r"[ \t]*(?:[-–—*•·▪‣]|\d{1,2}[.)]|[a-z]\))\s*")
_MAIN_VERB = re.compile(r"(?<!r)(?<!r[xZ])[mXbsdTGK]")
"""Tag of the verb of a sentence; an item of a list has none, but for those of a relative clause."""
_ADDRESSED = re.compile(r"\.{0,2}q?yr?b")
"""Tags of an item's beginning that is a sentence of the list's opener: "Ni kan inte söka om: - ni är en kommun"."""


class RefusedList:
    """Lines below an opener that says who cannot apply, until the next heading or a blank line behind the list."""

    def __init__(self, start: int) -> None:
        self.opener = start
        """Offset of the opener, which the quote of an item begins with."""
        self._end = -1
        """End of the last line that was read; -1 before the first."""
        self._bulleted = False

    def goes_on(self, text: str, segment: Segment, tags: str) -> bool:
        """Tell whether a segment belongs to the list, and remember it."""
        first, bulleted = self._end < 0, _is_bulleted(text, segment.start)
        if tags.endswith("?") or (not first and self._bulleted and not bulleted):
            return False
        if not first and not bulleted and _BLANK_LINE.search(text, self._end, segment.start):
            return False
        if first:
            self._bulleted = bulleted
        self._end = segment.end
        return True

    def may_end(self, tokens: Sequence[TaggedWord]) -> bool:
        """Tell whether a line that names nobody is a heading, which ends the list."""
        return not self._bulleted and len(tokens) < _ITEM_WORDS

    def quote(self, text: str, tokens: Sequence[TaggedWord]) -> tuple[int, str]:
        """Return the offset and the words of an item with the opener before it; of the item alone where it is far from it."""
        start, end = self.opener, tokens[-1].end
        if end - start > _MAX_QUOTE_CHARS:
            start = tokens[0].start
        return start, text[start : min(end, start + _MAX_QUOTE_CHARS)]


def _is_bulleted(text: str, start: int) -> bool:
    line = text.rfind("\n", 0, start) + 1
    return _BULLET.match(text, line) is not None


def item_span(tokens: Sequence[TaggedWord], tags: str) -> tuple[int, int] | None:
    """Return where the nouns of an item of a refused list may stand; None for a sentence, which says itself what it means."""
    addressed = _ADDRESSED.match(tags)
    begin = addressed.end() if addressed else 0
    if _MAIN_VERB.search(tags, begin):
        return None
    narrowing = tags.find("r", begin)
    return begin, len(tokens) if narrowing < 0 else narrowing


def plain_heads(tokens: Sequence[TaggedWord], heads: Sequence[Head]) -> list[Head]:
    """Return the heads of an item that no further words narrow: "- kommuner", not "- kommuner i andra länder"."""
    kept = []
    for head in heads:
        behind = tokens[head.place + 1] if head.place + 1 < len(tokens) else None
        if behind is None or behind.tag in ",&;:" or (behind.tag == "." and not behind.word[0].isalpha()):
            kept.append(head)
    return kept


def is_denied_before(tokens: Sequence[TaggedWord], tags: str, start: int) -> bool:
    """Tell whether a "not" stands before the verb of a subordinate clause: "att bidraget inte längre kan sökas av kommuner"."""
    place = start - 1
    while place >= 0 and (tags[place] in "mb" or tokens[place].word in words_of("any_longer")):
        place -= 1
    return place >= 0 and tags[place] in "xX"


_ASKED = re.compile(r"[agpeklRMKP6$TfU]")
_MIXED = re.compile(r"m[^&,]{0,3}[&,][^&,]{0,2}[mX]?x")


def heading_refuses(tags: str, clause: FoundClause) -> bool | None:
    """Tell whether a heading asks who cannot apply; None where it asks for both, so that its list tells neither."""
    span = tags[clause.start : clause.end]
    if _MIXED.search(span):
        return None
    asked = _ASKED.search(span)
    said = span[: asked.end()] if asked else span
    return not _REFUSING.isdisjoint(said) or bool(clause.start and tags[clause.start - 1] == "x")


_REFUSING = frozenset("xXK6")


def opens_refused_list(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, begin: int) -> bool:
    """Tell whether a negated clause that a colon ends announces applicants: no costs and no purposes.

    "Följande kostnader är inte stödberättigade:" and "Ni kan inte söka för:" announce other things.
    """
    if _PURPOSE_LEFT.search(tags, clause.end):
        return False
    if clause.cue.side == "after":
        return not _CALL.isdisjoint(tags[: clause.end])
    return all(
        token.tag in "yrO,&xmje"
        or token.noun is not None
        or not token.word[0].isalpha()
        or token.word in words_of("plain") | words_of("list_opener")
        for token in tokens[begin : clause.start]
    )


_PURPOSE_LEFT = re.compile(r"[ft](?![^:]{0,3}[$cSA])")
_CALL = frozenset("c$AeklM6")


def refuses_nobody(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, following: FoundClause | None) -> bool:
    """Tell whether a negated clause refuses no group: "är inte begränsat till kommuner", "cannot apply more than once"."""
    if clause.cue.name == "you":
        return following is not None and refuses_in_part(tokens, tags, following)
    span = {token.word for token in tokens[clause.start : clause.end]}
    if span & _FREE:
        return True
    if clause.cue.name in ("target", "refused") and span & words_of("limited_to"):
        return True
    return clause.cue.name != "exception" and refuses_in_part(tokens, tags, clause)


_FREE = frozenset(("måste", "have to", "has to", "need to", "needs to"))
"""Words of a duty that somebody does not have: "kommuner måste inte söka"."""


def refuses_in_part(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause) -> bool:
    """Tell whether the words behind a negated clause limit it: "kan inte söka för drift", "cannot apply more than once"."""
    stop = next((place for place in range(clause.end, len(tokens)) if tags[place] in "B;?:"), len(tokens))
    if stop < len(tokens) and tokens[stop].word in _WITHOUT:
        stop = min(stop + 2, len(tokens))
    rest = tokens[clause.end : stop]
    words = f" {' '.join(token.word for token in rest)} "
    if any(f" {phrase} " in words for phrase in words_of("part_refused")):
        return True
    if any(_is_condition(rest, place) for place in range(len(rest))):
        return True
    aims = "ft" if clause.cue.name != "excluded" else "ftv"
    return any(token.tag in aims and _is_purpose(rest[place + 1 : place + 4]) for place, token in enumerate(rest))


_WITHOUT = word_set("utan uden without")
_IF = word_set("if hvis dersom såfremt såvida")
_PERSONS = word_set("de ni du den det kommunen man they it you the dere vi we") | {"den som", "de som"}


def _is_condition(rest: Sequence[TaggedWord], place: int) -> bool:
    """Tell whether a condition begins at a place; "om" is a preposition as well: "søke om støtte"."""
    if rest[place].word in _IF:
        return True
    return rest[place].word == "om" and place + 1 < len(rest) and rest[place + 1].word in _PERSONS


def _is_purpose(following: Sequence[TaggedWord]) -> bool:
    """Tell whether words behind "for" or "to" name a purpose, and not the call or its money."""
    if not following or following[0].tag != "." or not following[0].word[0].isalpha():
        return False
    return following[0].word not in words_of("no_purpose") and not any(token.tag in "$cSA#a" for token in following)


_ALL = word_set("alla samtliga all every alle")
_NARROWING = word_set("med with över under utanför outside udenfor utenfor")
_OTHER = word_set("andra other andre third tredje non-eu")
_EARLIER = word_set("redan already allerede fått received fået tidigare previously tidligere")
"""Words of a relative clause on those who have had theirs: "kommuner som redan fått bidrag kan inte söka"."""


def narrows_refusal(tokens: Sequence[TaggedWord], head: Head) -> bool:
    """Tell whether a refusal is of some municipalities: "kommuner med färre än 5 000 invånare", "inte alla kommuner"."""
    if head.group is not Group.MUNICIPALITY:
        return False
    before = tokens[head.place - 1].word if head.place else ""
    if before in _ALL:
        return any(token.tag in "xX" for token in tokens)
    if before in words_of("some") or head.place + 1 == len(tokens):
        return before in words_of("some")
    behind = tokens[head.place + 1]
    if behind.tag == "r":
        return any(token.word in _EARLIER for token in tokens[head.place + 2 : head.place + 5])
    elsewhere = behind.tag in "iv" and any(token.word in _OTHER for token in tokens[head.place + 2 : head.place + 5])
    return elsewhere or behind.word in _NARROWING


_NOT_BEFORE = re.compile(r"[xX][^nB;:?]{0,3}[agU][.$cA,]{0,3}$")
_NOT_BEHIND = re.compile(r"[^nB;:?mX]{0,8}(?:m[^nB;:?]{0,2}x|X)[^nB;:?]{0,2}[ag]")


def refuses_addressed(tags: str, clause: FoundClause, heads: Sequence[Head]) -> bool:
    """Tell whether "if you are a municipality" says who cannot apply: the clause before or behind it has a "not"."""
    if _NOT_BEFORE.search(tags[: clause.start]):
        return True
    return _NOT_BEHIND.match(tags, heads[-1].place + 1) is not None


_REFUSAL_BEFORE = re.compile(r"[xX][^nB;:,?]{0,5}$")


def turns_down(tokens: Sequence[TaggedWord], tags: str, clause: FoundClause, heads: Sequence[Head]) -> bool:
    """Tell whether applications of the heads are not taken: "vi tar inte emot ansökningar från kommuner", "... avslås"."""
    behind = heads[-1].place + 1
    stop = next((place for place in range(behind, len(tokens)) if tags[place] in "B;,:"), len(tokens))
    rest = tokens[behind:stop]
    words = {token.word for token in rest}
    refused = _REFUSAL_BEFORE.search(tags[: clause.start])
    if refused is not None:
        said = {token.word for token in tokens[refused.start() : clause.start]}
        taken = refused.end() - refused.start() == 1 or bool(said & words_of("taken_up"))
        return taken and (not rest or words <= words_of("this_round"))
    if any(token.word[0].isalpha() and token.word not in words_of("plain") for token in tokens[: clause.start]):
        return False  # "sena ansökningar från kommuner avslås"
    negated = any(token.tag in "xX" for token in rest)
    told = words_of("taken_up" if negated else "turned_down")
    places = [place for place, token in enumerate(rest) if token.word in told]
    return (
        bool(places)
        and "r" not in tags[behind:stop]
        and words_of("this_round").issuperset(token.word for token in rest[places[-1] + 1 :] if token.tag not in "xX")
    )


def with_examples(tags: str, heads: Sequence[Head]) -> list[Head]:
    """Return the heads of an exception, with those that are examples of the rest as no part of it.

    "Alla kan söka utom privatpersoner, till exempel kommuner" excepts no municipality: it is no example of a person.
    """
    first = heads[0]
    end = next((place for place in range(first.place, heads[-1].place) if tags[place] in "z:"), None)
    if end is None or any(head.group not in WITHOUT_BODIES for head in heads if head.place < end):
        return list(heads)
    return [head._replace(negated=not head.negated, partial=True) if head.place > end else head for head in heads]
