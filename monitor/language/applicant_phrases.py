"""Noun phrases of applicants: the words of a segment with their tags, and the nouns that are the subject or object of a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from monitor.language.applicant_words import (
    ADJECTIVES,
    COMPANY_ADJECTIVES,
    GATHERING,
    LOCAL,
    NARROWING,
    NOUN_ROWS,
    PLAIN,
    TAGS,
    WIDE_CLAUSE,
    Group,
    Noun,
    word_set,
)

_WORD = re.compile(
    r"t\.ex|f\.eks|e\.g|bl\.a|[^\W\d_]+(?:[-'’][^\W\d_]+)*(?::(?:s|n|t|er|ar|en|et|a)\b)?-?|\d[\d .,]*(?<=\d)|[^\w\s]"
)
_PUNCTUATION = {",": ",", "(": ",", ")": ",", "–": ",", "—": ",", ":": ":", "?": "?", "/": "&", "&": "&", ";": ";"}
_ATTRIBUTES = word_set("city town school university company community municipality industry business")
_EVERYONE = word_set("alla alle everyone anyone everybody")


class Token(NamedTuple):
    word: str
    start: int
    end: int
    tag: str
    noun: Noun | None = None
    capital: bool = False


class Head(NamedTuple):
    """Noun that is the subject or object of a clause, by its place among the tokens."""

    place: int
    group: Group
    partial: bool
    negated: bool


@cache
def _nouns() -> tuple[dict[str, Noun], dict[str, Noun]]:
    """Return the nouns by their words, and those that end compounds by their ending."""
    whole: dict[str, Noun] = {}
    endings: dict[str, Noun] = {}
    for row in NOUN_ROWS:
        for word in row.words.split(", "):
            (endings if word.startswith("*") else whole)[word.removeprefix("*")] = Noun(row.group, row.kind)
    return whole, endings


@cache
def _tags() -> tuple[dict[str, str], dict[str, str]]:
    """Return the tags by phrase, and those of words that end compounds by their ending."""
    return (
        {phrase: tag for phrase, tag in TAGS.items() if not phrase.startswith("*")},
        {phrase[1:]: tag for phrase, tag in TAGS.items() if phrase.startswith("*")},
    )


class _Phrases(NamedTuple):
    """Phrases of the tables that begin with one word."""

    longest: int = 1
    """Number of words of the longest."""
    second_words: frozenset[str] = frozenset()
    """Words that stand second in one of them: before any other word, none of the phrases is looked for."""
    speaking: frozenset[str] = frozenset()
    """Words that stand second in one that names a group or asks for applicants."""


@cache
def _phrases() -> dict[str, _Phrases]:
    """Return the phrases of several words by their first word; words that begin none are left out."""
    found: dict[str, _Phrases] = {}
    for phrase, tag in (*dict.fromkeys(_nouns()[0], "n").items(), *_tags()[0].items()):
        first, *rest = " ".join(_WORD.findall(phrase)).split()
        if rest:
            longest, second_words, speaking = found.get(first, _Phrases())
            speaking |= {rest[0]} if tag in _SPEAKING_TAGS else set()
            found[first] = _Phrases(max(1 + len(rest), longest), second_words | {rest[0]}, speaking)
    return found


_SPEAKING_TAGS = frozenset("nOwkM")
"""Tags of groups, of "others", and of the words that begin a heading: a segment without any of them says nothing of applicants."""
_LONGEST_WORD = 60
_ABBREVIATION = 4
"""Letters of a word whose full stop may be that of an abbreviation: "mio.", "bl.a."."""


@lru_cache(maxsize=20_000)
def _known(word: str, language: str) -> tuple[str, Noun | None]:
    """Return the tag of a word or phrase, and its noun; an empty tag when it is in no table."""
    if language in ("da", "no", "nb", "nn"):
        if word in ("er", "ere"):
            return "b", None
        if word == "der":
            return "r", None
        if word in ("myndigheter", "myndighetene"):
            return "n", Noun(Group.PUBLIC, "authority")
        if word in ("to", "men", "by", "at"):
            return ("B" if word == "men" else "."), None
        if word in ("virksomheter", "virksomhetene") and language != "da":
            return "n", Noun(Group.ANY, "body")
    elif language != "sv" and word == "er":
        return "b", None
    nouns, noun_endings = _nouns()
    tags, tag_endings = _tags()
    if word in nouns:
        return "n", nouns[word]
    if word in tags:
        return tags[word], None
    if " " in word or len(word) > _LONGEST_WORD:
        return "", None
    for cut in range(1, len(word) - 2):
        ending = word[cut:]
        if ending in noun_endings:
            return "n", noun_endings[ending]
        if ending in tag_endings:
            return tag_endings[ending], None
    return "", None


_NAMES, _APPLIES, _ASKS = 1, 2, 4
_APPLYING_TAGS = frozenset("apsuULRgATIGCDPQEKSWyBc$fhkMelNFdVJ2")
_ASKING_TAGS = frozenset("wkMel")


@cache
def _first_words() -> dict[str, int]:
    """Return what the phrases that begin with a word may do: name a group, speak of applying, ask for applicants."""
    does: dict[str, int] = {}
    for phrase in _nouns()[0]:
        first = phrase.split(" ")[0]
        does[first] = does.get(first, 0) | _NAMES
    for phrase, tag in _tags()[0].items():
        for first in {phrase.split(" ")[0], (_WORD.findall(phrase) or [""])[0]}:
            does[first] = does.get(first, 0) | _does(tag)
    return does


def _does(tag: str) -> int:
    return _NAMES * (tag in "nO") | _APPLIES * (tag in _APPLYING_TAGS) | _ASKS * (tag in _ASKING_TAGS)


def _use_of(word: str, language: str) -> int:
    """Return what a casefolded word may do, by itself or as the first one of a phrase."""
    everyone = _NAMES if word in _EVERYONE else 0
    return _first_words().get(word, 0) | everyone | (_does(_known(word, language)[0]) if word[0].isalpha() else 0)


class _Word(NamedTuple):
    """Word as written, or a mark, with all that the tables say of it."""

    folded: str
    tag: str
    """Its own tag; "" for a mark that is left out."""
    noun: Noun | None
    capital: bool
    phrases: _Phrases
    """Phrases that begin with it."""
    uses: int
    """Its use by itself or as the first word of a phrase."""
    speaks: bool
    """True when it names a group, or asks for applicants, by itself."""


@lru_cache(maxsize=20_000)
def _word(written: str, language: str) -> _Word:
    folded, noun, phrases = written.casefold(), None, _Phrases()
    if folded[0].isalpha():
        tag, noun = _known(folded, language)
        tag = tag or ("j" if folded in ADJECTIVES else ".")
        phrases = _phrases().get(folded, phrases)
    elif folded[0].isdigit():
        tag = "#"
    else:
        tag = _PUNCTUATION.get(folded, "." if folded in ".!-•*%·" else "")
    speaks = (tag != "" and tag in _SPEAKING_TAGS) or folded in _EVERYONE
    return _Word(folded, tag, noun, written[0].isupper(), phrases, _use_of(folded, language), speaks)


def may_name_applicants(text: str, start: int, end: int, language: str) -> bool:
    """Return whether a segment can say anything of applicants: a group and a word of applying, or a question for them.

    Most segments of a long text cannot; this look at each word alone spares the search for phrases and clauses.
    """
    words = [_word(written, language) for written in _WORD.findall(text, start, end)]
    uses = 0
    for word in words:
        uses |= word.uses
    if not uses & _ASKS and uses & (_NAMES | _APPLIES) != _NAMES | _APPLIES:
        return False
    # A clause without a group still announces a list when a colon ends it.
    return (
        words[-1].folded == ":"
        or any(word.speaks for word in words)
        or any(following.folded in word.phrases.speaking for word, following in pairwise(words))
    )


def read_tokens(text: str, start: int, end: int, language: str) -> list[Token]:
    """Return the words of a segment with their tags; a phrase of the tables is one token."""
    found = [(_word(match[0], language), *match.span()) for match in _WORD.finditer(text, start, end)]
    tokens: list[Token] = []
    place = 0
    while place < len(found):
        word, first, last = found[place]
        taken, name, tag, noun = 1, word.folded, word.tag, word.noun
        if word.phrases.second_words and place + 1 < len(found) and found[place + 1][0].folded in word.phrases.second_words:
            taken, phrase, phrase_tag, phrase_noun = _phrase_at(found, place, language)
            if taken > 1:
                name, tag, noun, last = phrase, phrase_tag, phrase_noun, found[place + taken - 1][2]
        elif name in ".!" and place > 0 and len(found[place - 1][0].folded) > _ABBREVIATION:
            tag = ";"  # a sentence ends, though the next one may begin with a small letter
        if tag:
            tokens.append(Token(name, first, last, tag, noun, word.capital))
        place += taken
    return [_settled(token, following) for token, following in zip(tokens, (*tokens[1:], None), strict=True)]


def _phrase_at(found: Sequence[tuple[_Word, int, int]], place: int, language: str) -> tuple[int, str, str, Noun | None]:
    """Return how many words the longest known phrase at a place has, the phrase, its tag and noun; one word where there is none."""
    for many in range(min(found[place][0].phrases.longest, len(found) - place), 1, -1):
        phrase = " ".join(word.folded for word, _, _ in found[place : place + many])
        tag, noun = _known(phrase, language)
        if tag:
            return many, phrase, tag, noun
    return 1, "", "", None


def _settled(token: Token, following: Token | None) -> Token:
    """Return the token as a noun where "alla" stands alone ("öppen för alla"), and as none within a name ("Cities Mission")."""
    if token.noun is not None and token.capital and following is not None and following.tag == "." and following.capital:
        return token._replace(tag=".", noun=None)
    if (
        token.word in _ATTRIBUTES
        and following is not None
        and following.tag == "."
        and following.word.endswith("s")
        and following.word not in PLAIN
    ):
        return token._replace(tag=".", noun=None)  # "city labs", "school trips"
    if token.word in _EVERYONE and (following is None or following.tag in "mr,&Xx" or following.word in ".!"):
        return token._replace(tag="n", noun=Noun(Group.ANY))
    return token


def _groups(tokens: Sequence[Token], place: int) -> list[tuple[Group, bool]]:
    """Return the groups a noun stands for, after the adjectives before it, each with whether it is narrowed."""
    noun = tokens[place].noun
    assert noun is not None
    if not noun.kind:
        return [(noun.group, False)]
    groups: list[tuple[Group, bool]] = []
    narrowed, at = False, place - 1
    while at >= 0:
        token = tokens[at]
        if (token.word in ADJECTIVES and token.noun is None) or token.word in LOCAL:
            adjective = _of_adjective(token.word, noun)
            groups += [adjective] if adjective is not None else []
        elif token.tag in "&," and at > 0 and groups and (tokens[at - 1].word in ADJECTIVES or tokens[at - 1].word.endswith("-")):
            pass
        elif token.tag == "." and token.word[0].isalpha() and token.word not in PLAIN:
            narrowed = True
            break
        elif token.word not in PLAIN:
            break
        at -= 1
    if groups:
        return groups
    narrowed = noun.group is Group.ANY and (narrowed or noun.kind == "unit" or _narrowed_after(tokens, place))
    return [(noun.group, narrowed)]


def _of_adjective(word: str, noun: Noun) -> tuple[Group, bool] | None:
    """Return the group that an adjective makes of a noun, and whether it is narrowed; None when it changes nothing."""
    group = ADJECTIVES[word]
    if noun.kind == "school":
        return (group, False) if group in (Group.MUNICIPALITY, Group.PUBLIC, Group.COMPANY) else None
    if noun.kind == "company":
        return (Group.MUNICIPALITY, False) if word in COMPANY_ADJECTIVES else None
    if noun.kind == "body" and (word in LOCAL or group is Group.REGION or word.startswith(("nation", "nasjon", "cent"))):
        return Group.ANY, True
    return group, False


def _narrowed_after(tokens: Sequence[Token], place: int) -> bool:
    """Return whether the words after a general noun narrow it."""
    following = [token.word for token in tokens[place + 1 : place + 4]]
    if not following or following[0] not in NARROWING:
        return False
    return not (following[0] in ("som", "that", "which", "who", "der") and WIDE_CLAUSE.intersection(following[1:3]))


def find_heads(tokens: Sequence[Token], start: int, stop: int, *, blocked: bool = False) -> list[Head]:
    """Return the nouns from `start` to `stop` that are no part of another phrase, with what "not" and "such as" do to them."""
    heads: list[Head] = []
    relative = partial = behind = False
    negated_until = -1
    for place in range(start, stop):
        token = tokens[place]
        before = tokens[place - 1] if place > start else None
        if token.noun is not None:
            if blocked and not (token.word.endswith(_SECTORS) and _within_general(tokens, heads, place)):
                behind = True
                continue
            negated = place <= negated_until
            if negated:
                negated_until = place + 5
            heads += [Head(place, group, partial or narrow, negated) for group, narrow in _groups(tokens, place)]
            behind = False
        elif token.tag == "x":
            negated_until = place + 5
        elif token.tag == "B":
            negated_until, blocked, relative = -1, False, False
        elif token.tag == "z":
            blocked = relative = False
            partial = True
        elif token.tag == "Z":
            partial = True
        elif token.tag in "ivtfCE":
            blocked = blocked or not (before is not None and token.tag == "v" and before.word in GATHERING)
        elif token.tag == "r":
            relative = blocked = not (before is not None and before.tag == "y")
            if (
                heads
                and heads[-1].place == place - 1
                and heads[-1].group is Group.ANY
                and place + 1 < stop
                and tokens[place + 1].tag == "b"
            ):
                heads[-1] = heads[-1]._replace(partial=True)  # "organisationer som är föreningar"
                relative = blocked = False
        elif token.tag in ",&":
            inherits = behind and before is not None and before.noun is not None
            if not inherits and not (relative and token.tag == "&"):
                blocked = relative = False
        elif token.tag in ":;":
            negated_until = -1 if token.tag == ";" else negated_until
            blocked = relative = False
    if heads and _has_unknown_member(tokens, start, stop):
        return [head._replace(partial=True) for head in heads]
    return heads


def _has_unknown_member(tokens: Sequence[Token], start: int, stop: int) -> bool:
    """Return whether a word of no table is a member of the list by itself: "företag och kombiterminaler"."""
    return any(
        token.tag == "." and token.word[0].isalpha() and token.word not in PLAIN and token.word not in ADJECTIVES
        and token.word[-1] != "-"
        and ((_is_mark(tokens, place + 1, stop) and place + 2 < stop and tokens[place + 2].noun is not None and _begins(tokens, place, start))
             or (place - 2 >= start and tokens[place - 1].tag == "&" and tokens[place - 2].noun is not None
                 and (place + 1 >= stop or _is_mark(tokens, place + 1, stop))))
        for place, token in enumerate(tokens[start:stop], start)
    )  # fmt: skip


def _is_mark(tokens: Sequence[Token], place: int, stop: int) -> bool:
    return place < stop and tokens[place].tag in "&,"


def _begins(tokens: Sequence[Token], place: int, start: int) -> bool:
    return place == start or tokens[place - 1].tag in "&,:" or tokens[place - 1].word in PLAIN


def _within_general(tokens: Sequence[Token], heads: Sequence[Head], place: int) -> bool:
    """Return whether the noun says where the general noun before it belongs: "aktörer inom offentlig sektor"."""
    last = heads[-1] if heads else None
    return last is not None and last.group is Group.ANY and last.place >= place - 8 and tokens[last.place + 1].tag in "iv"


_SECTORS = (
    "sektor",
    "sektorn",
    "sector",
    "sectors",
    "samhället",
    "society",
    "liv",
    "livet",
    "academia",
    "akademin",
    "akademi",
    "samfundet",
)
