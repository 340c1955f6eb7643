"""Base forms of words and parts of compounds: from dictionaries first, then compounds, then endings."""

from __future__ import annotations

import re
import zlib
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from monitor.language.compounds import Part, Root, Splitter
from monitor.language.datafile import data_file
from monitor.language.detect import ENGLISH, SWEDISH
from monitor.language.spelling import british
from monitor.language.tokens import LONGEST_WORD
from monitor.language.wordfile import WordFile

# Swedish endings of words that no dictionary has, the longest first, each with the endings that the base form may have instead.
_SWEDISH_ENDINGS = (
    ("ernas", ("", "e", "a")),
    ("arnas", ("", "e", "a")),
    ("ornas", ("a", "")),
    ("erna", ("", "e", "a")),
    ("arna", ("", "e", "a")),
    ("orna", ("a", "")),
    ("ens", ("", "e")),
    ("ets", ("", "e")),
    ("ans", ("a",)),
    ("ers", ("", "e")),
    ("ars", ("", "e")),
    ("ors", ("a", "")),
    ("en", ("", "e")),
    ("et", ("", "e")),
    ("er", ("", "e")),
    ("ar", ("", "e")),
    ("or", ("a", "")),
    ("an", ("a",)),
    ("na", ("",)),
    ("n", ("",)),
    ("t", ("",)),
    ("s", ("",)),
)
_KEEPS_S = ("ss", "us", "is", "os", "as", "es", "äs", "ics")
_SHORTEST_HEAD = 4
# A noun in -ning made from a verb that a dictionary has, in a form that none has: skötningarna of skötning, from sköta.
_of_verb = re.compile(r"((\w{3,})ning)(?:en|ens|ar|ars|arna|arnas|s)")


class Lexicon:
    """Base forms and compounds of Swedish and English words. Nothing is cached here: see `monitor.language.reading`."""

    version = "5"

    def lemma(self, word: str, language: str) -> str:
        """Return the base form of a folded word.

        A word of another language than Swedish and English, or of more than `LONGEST_WORD` letters, stays as it is.
        """
        if len(word) > LONGEST_WORD:
            return word
        if language == SWEDISH:
            return self._swedish.get(word) or self._english_known(word) or self._swedish_unknown(word)
        if language == ENGLISH:
            return self._english_known(word) or self._swedish.get(word) or self._english_unknown(word)
        return word

    def parts(self, word: str, language: str) -> tuple[str, ...]:
        """Return the base forms of a Swedish compound's parts, in order; empty for a simple word."""
        return tuple(part.lemma for part in self._split(word, language))

    def tails(self, word: str, language: str) -> tuple[str, ...]:
        """Return the rest of a compound's base form after each seam: "rådgivning" of klimatrådgivning."""
        base = self.lemma(word, language)
        return tuple(base[part.start :] for part in self._split(word, language)[1:])

    def halves(self, word: str, language: str) -> tuple[tuple[str, str], ...]:
        """Return the base forms of what stands before and after each seam of a compound: elbil and brand of elbilsbrand."""
        base = self.lemma(word, language)
        return tuple(
            (base[: before.start] + before.lemma, base[after.start :]) for before, after in pairwise(self._split(word, language))
        )

    def knows(self, word: str, language: str) -> bool:
        """Tell whether the word is in the language's dictionary."""
        return self.known(word, language) is not None

    def known(self, word: str, language: str) -> str | None:
        """Return the base form that the language's dictionary has of a folded word; None for a word that is not in it."""
        if len(word) > LONGEST_WORD:
            return None
        if language == SWEDISH:
            return self._swedish.get(word)
        return self._english_known(word) if language == ENGLISH else None

    @cached_property
    def _swedish(self) -> WordFile:
        return WordFile(data_file("sv.words"))

    @cached_property
    def _english(self) -> WordFile:
        return WordFile(data_file("en.words"))

    @cached_property
    def _roots(self) -> dict[str, Root]:
        cells = zlib.decompress(data_file("sv.roots").read_bytes()).decode().split()
        # Words of the same frequency and kinds share one object.
        read = cache(lambda zipf, kinds: Root(float(zipf), kinds))
        return dict(zip(cells[::3], map(read, cells[1::3], cells[2::3]), strict=True))

    @cached_property
    def _splitter(self) -> Splitter:
        return Splitter(self._roots, self._swedish.get)

    def _split(self, word: str, language: str) -> tuple[Part, ...]:
        if len(word) > LONGEST_WORD or language not in (SWEDISH, ENGLISH) or (language == ENGLISH and self._english_known(word)):
            return ()
        base = self.lemma(word, language)
        return () if base in self._roots or (base != word and self.knows(word, ENGLISH)) else self._splitter.split(base)

    def _english_known(self, word: str) -> str | None:
        found = self._english.get(word)
        if found is None and (spelled := british(word)) != word:
            found = self._english.get(spelled)
        return british(found) if found is not None else None

    def _swedish_unknown(self, word: str) -> str:
        if (noun := _of_verb.fullmatch(word)) is not None and self._swedish.get(f"{noun[2]}a") is not None:
            return noun[1]
        if parts := self._splitter.split(word, inflected=True):
            return word[: parts[-1].start] + parts[-1].lemma
        if (headed := self._headed(word)) is not None:
            return headed
        for ending, instead in _SWEDISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                stem = word[: -len(ending)]
                for put in instead:
                    if (base := self._swedish.get(stem + put)) is not None:
                        return base
        return _without_s(word)

    def _headed(self, word: str) -> str | None:
        """Return the base form of a word that ends in a common noun, its beginning kept: leaderområdet, nässjöbygden, ehälsan."""
        for start in range(1 if word[0] == "e" else 2, len(word) - _SHORTEST_HEAD + 1):
            base = self._swedish.get(word[start:])
            if base is None or len(base) < _SHORTEST_HEAD or (root := self._roots.get(base)) is None:
                continue
            if root.zipf >= 4.0 and "n" in root.kinds:
                return word[:start] + base
        return None

    def _english_unknown(self, word: str) -> str:
        if not word.isascii() or len(self._splitter.split(word, inflected=True, max_cost=4.0)) > 1:
            return self._swedish_unknown(word)
        word = british(word)
        for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)] + instead
        return _without_s(word)


def _without_s(word: str) -> str:
    """Return a name or a new word without the s of a genitive or plural."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(_KEEPS_S) else word


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the lexicon that the whole process shares."""
    return Lexicon()
