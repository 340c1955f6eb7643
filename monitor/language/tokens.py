"""Words and sentence ends of a text, with offsets into the text as it was given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

# Characters inside a word that are ignored: combining marks (decomposed letters), soft hyphens, zero-width characters.
_MARKS = "\u0300-\u036f"
_NOTHING = "\u00ad\u200b-\u200d\u2060\ufeff"
_HYPHENS = "-\u2010-\u2013\u2212\ufe63\uff0d"
_ENDINGS = "s|n|t|en|et|ns|ens|ets|ar|er|or|arna|erna|orna|are|aren|arnas|ernas"
# Most words are letters alone, so that is tried first; the rest of the pattern only where a mark follows.
_WORD = (
    rf"[^\W_]++(?:(?![{_MARKS}{_NOTHING}'’ʼ:])"
    rf"|(?:[{_MARKS}{_NOTHING}](?:(?<=[{_NOTHING}])[ \t]*\n[ \t]*(?=[^\W_]))?[^\W_]*+)*+"
    rf"(?i:(?:['’ʼ](?:s|t|re|ve|ll|d|m)(?![^\W_]))?(?::(?:{_ENDINGS})(?![^\W_]))?))"
)
_word = re.compile(_WORD)
_word_and_gap = re.compile(rf"({_WORD})([\W_]*)")
# Most words are Latin letters and a space or a stop: character classes of one byte, which `re` looks up in a table.
_PLAIN = r"[0-9A-Za-zÀ-ÖØ-öø-ÿ]++[ \n\t,.;()/!?\"&%+*=<>\[\]-]++"
_BLOCK = 8
LONGEST_WORD = 100
"""Letters of a word as it is compared; a longer word is cut here and has no base form and no parts."""
_LONGEST_RAW = 4 * LONGEST_WORD  # with the ignored marks and soft hyphens
_nothing = re.compile(f"[{_NOTHING}]")
_inner_break = re.compile(rf"[{_NOTHING}]\s+")
_joining = re.compile(rf"[{_HYPHENS}](?:[ \t]*\n[ \t]*)?")
_hanging = re.compile(rf"[{_HYPHENS}](?:\s+|\s*/\s*|\s*,\s*)")
_always_ends = re.compile(
    r"\n[ \t\r\f\v\u00a0]*\n|[\u2022\u00b7\u25aa\u25cf\u25e6\u2023|\u2029]|\n\s*[-*–—]\s|[!?…][\"'”’»)\]]*\s"
)
_mark = re.compile(r"[\u2022\u00b7\u25aa\u25cf\u25e6\u2023|\u2029]")
_broken_word = re.compile(rf"[{_NOTHING}][ \t]*\n[ \t]*(?=[^\W_])")
_full_stop = re.compile(r"\.[\"'”’»)\]]*(\s|$)")
_capitals = re.compile(r"([^\W_]{2,}?)(?:['’ʼ]?s|:[^\W\d_]+)?")
_ending = re.compile(r"['’ʼ]s$|:[^\W\d_]+$")

_ABBREVIATIONS = """
    adm ang anm apr approx aug avd avg bl ca cf cirka dec dept dir dnr dr ed eds eg ekv enl etc ev evtl ex exkl feb fig forts
    fr ft gm gr ie inc inkl jan jfr jr jul jun kap kl kr kv ltd mars mfl mkr mom mr mrs ms nov nr obs okt oct osv pga pkt prel
    prof resp rev sep sept sid skr st str tab tel tex tkr uppl usw utg vol vs
"""
_abbreviations = frozenset(_ABBREVIATIONS.split())


class Piece(NamedTuple):
    """Word as written, with the characters between it and the next word."""

    text: str
    gap: str


class FoldedWord(NamedTuple):
    """Word as it is compared."""

    word: str
    """Small letters in composed Unicode."""
    exact: str
    """Capitals of a word in capitals, for terms such as LIFE; else empty."""


def pieces(text: str) -> list[Piece]:
    """Return the words of a text in order, each with the characters up to the next word."""
    return [Piece(word, gap) for word, gap in _word_and_gap.findall(text)]


def words(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of the words of a text; the n-th is the n-th of `pieces`."""
    return _word.finditer(text)


def spans(text: str, numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return the offsets (start, end) of the words of these numbers, counted from 0.

    Raises:
        IndexError: The text has no word of a number.
    """
    found: dict[int, tuple[int, int]] = {}
    place = count = 0
    for number in sorted(numbers):
        # Whole blocks are skipped, which is faster than finding each word.
        while number - count >= _BLOCK and (block := _block().match(text, place)) is not None:
            place, count = block.end(), count + _BLOCK
        word = next(islice(_word.finditer(text, place), number - count, None), None)
        if word is None:
            raise IndexError(f"the text has no word {number}")
        found[number] = word.span()
    return found


@cache
def _block() -> re.Pattern[str]:
    """Return the pattern of a block of words, compiled when first used."""
    return re.compile(rf"{_PLAIN * _BLOCK}|(?:[\W_]*+{_WORD}){{{_BLOCK}}}+[\W_]*+")


def form(raw: str) -> FoldedWord:
    """Return the word in composed Unicode and small letters, without soft hyphens; 's and :s are endings, not part of the word.

    A word of more than `LONGEST_WORD` letters is cut.

    >>> form("EU:s"), form("NGOs"), form("Klima\u00adtets")
    (FoldedWord(word='eu', exact='EU'), FoldedWord(word='ngo', exact='NGO'), FoldedWord(word='klimatets', exact=''))
    """
    return _form(raw if len(raw) <= LONGEST_WORD else _cut(raw))


@lru_cache(maxsize=200_000)
def _form(raw: str) -> FoldedWord:
    if raw.isascii() and raw.isalpha() and (raw.islower() or raw.istitle()):  # most words
        return FoldedWord(raw.lower(), "")
    word = unicodedata.normalize("NFKC", _nothing.sub("", _inner_break.sub("", raw)))
    exact = ""
    if (match := _capitals.fullmatch(word)) is not None and match[1].isupper():
        word = exact = match[1]
    folded = unicodedata.normalize("NFKC", _ending.sub("", word).casefold())
    return FoldedWord("".join(letter for letter in folded if letter.isalnum()) or folded, exact)


def _cut(raw: str) -> str:
    """Return the beginning of a long word, without the characters that are ignored."""
    return unicodedata.normalize("NFKC", _nothing.sub("", _inner_break.sub("", raw[:_LONGEST_RAW])))[:LONGEST_WORD]


def ends_sentence(word: str, gap: str, following: str) -> bool:
    """Tell whether a sentence ends in the gap between `word` and the word `following`."""
    if gap == " " or gap == ", ":
        return False
    if _always_ends.search(gap):
        return True
    if "." not in gap:
        return False
    if _full_stop.search(gap) is None:
        # "webben.Nu": a full stop without a space, between a small letter and a capital
        return gap == "." and len(word) > 2 and word[-1].islower() and len(following) > 1 and following.istitle()
    if word.isdigit():
        return not following[:1].islower()
    return len(word) > 1 and word.casefold() not in _abbreviations


def starts_sentence(lead: str) -> bool:
    """Tell whether the characters directly before a word begin a new sentence, as a bullet or a bar does."""
    return _mark.search(lead) is not None


def lines(text: str) -> list[str]:
    """Return the lines of a text; a word that a soft hyphen breaks over two lines is whole on the first."""
    if "\u00ad" in text:
        text = _broken_word.sub("", text)
    return text.split("\n")


def joins(gap: str) -> bool:
    """Tell whether the gap is a hyphen of any kind between two halves of one word, with or without a line break after it."""
    if gap == " " or gap == "-":  # nearly all gaps
        return gap == "-"
    return _joining.fullmatch(_nothing.sub("", gap)) is not None


def hangs(gap: str) -> bool:
    """Tell whether the gap begins with the hanging hyphen of "energi- och klimatrådgivning"."""
    return _hanging.match(gap) is not None
