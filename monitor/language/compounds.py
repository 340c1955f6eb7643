"""Splitting of Swedish compounds into words that exist on their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from monitor.language.datafile import read_rows

MAX_COST = 5.6
"""Average cost of a part above which a split is rejected."""
_LONGEST = 60
_LONGEST_PART = 24
_STARTS = (5, 8)
"""Letters of the beginnings of roots by which pieces are left out before their readings are looked up."""
_MAX_DIFFERENT = 2
"""Letters at the end of a piece in which its base form may differ (see `Splitter._read`)."""
_MAX_CACHED_PIECES = 400_000
_MAX_CACHED_WORDS = 20_000
_VOWELS = frozenset("aeiouyåäö")
_PREFIXED = ("an", "av", "be", "för", "in", "miss", "mot", "om", "på", "till", "upp", "ut", "åter", "över")


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(word for row in read_rows("compounds.toml", table, words=str) for word in row["words"].split())


class Root(NamedTuple):
    """Word that compounds are made of."""

    zipf: float
    """Frequency: log10 of the occurrences in 10^9 words."""
    kinds: str
    """Kinds of word, as letters: n (noun), a (adjective), v (verb)."""


class Part(NamedTuple):
    """Part of a compound: its offset in the word as written, and its base form."""

    start: int
    lemma: str


class Splitter:
    """Splitter of words by a lexicon of roots."""

    def __init__(self, roots: Mapping[str, Root], base: Callable[[str], str | None]) -> None:
        """Take the roots and `base`, which returns the base form of a written word; None where no dictionary has it."""
        self._roots = roots
        self._base = base
        self._never_before, self._never_after = _words("never_before"), _words("never_after")
        self._short_before = _words("short_before")
        self._before: dict[str, tuple[tuple[str, float], ...]] = {}
        # Beginnings of longer roots by their number of letters.
        self._starts = {letters: frozenset(root[:letters] for root in roots if len(root) > letters) for letters in _STARTS}
        self._cheapest: dict[tuple[str, bool], tuple[float, tuple[Part, ...]] | None] = {}

    def forget(self) -> None:
        """Clear the caches of pieces and words, after roots were added."""
        self._before.clear()
        self._cheapest.clear()
        self._starts = {}  # the roots may grow again: none is left out any more

    def split(self, word: str, *, inflected: bool = False, max_cost: float = MAX_COST) -> tuple[Part, ...]:
        """Return the parts of a folded word; empty for a simple word, or where every split costs more than `max_cost` a part.

        The word is a base form, and so is its last part, unless `inflected` allows other forms.
        """
        if not 5 <= len(word) <= _LONGEST:
            return ()
        key = word, inflected
        if key not in self._cheapest:
            if len(self._cheapest) >= _MAX_CACHED_WORDS:
                self._cheapest.clear()
            self._cheapest[key] = self._split(word, inflected=inflected)
        best = self._cheapest[key]
        return () if best is None or best[0] / len(best[1]) > max_cost else best[1]

    def _split(self, word: str, *, inflected: bool) -> tuple[float, tuple[Part, ...]] | None:
        """Return the cheapest split of a word with its cost; None for a simple word."""
        reached: list[tuple[float, tuple[Part, ...]] | None] = [None] * len(word)
        reached[0] = (0.0, ())
        best: tuple[float, tuple[Part, ...]] | None = None
        for start in range(len(word) - 2):
            here = reached[start]
            if here is None:
                continue
            cost, parts = here
            if start and (last := self._last(word[start:], inflected=inflected)) is not None:
                total = cost + last[1]
                if best is None or total < best[0]:
                    best = (total, (*parts, Part(start, last[0])))
            for end in range(start + 2, min(len(word) - 1, start + self._longest_piece(word[start:]) + 1)):
                for lemma, price in self._combining(word[start:end]):
                    found = (cost + price, (*parts, Part(start, lemma)))
                    _reach(reached, end, found)
                    if word[end - 1] == word[end - 2] and word[end - 1] not in _VOWELS:
                        # busstopp: of three equal consonants one is not written
                        _reach(reached, end - 1, (found[0] + 0.6, found[1]))
        return best

    def _longest_piece(self, tail: str) -> int:
        """Return the letters of the longest piece that may stand at the beginning of a tail: most tails begin with no root."""
        for letters, starts in self._starts.items():
            if tail[:letters] not in starts:
                return letters + _MAX_DIFFERENT - 1
        return _LONGEST_PART - 1

    def _last(self, tail: str, *, inflected: bool) -> tuple[str, float] | None:
        if tail in self._never_after:
            return None
        lemma = self._base(tail)
        if (
            lemma is None
            or lemma in self._never_after
            or (lemma != tail and not inflected)
            or (root := self._roots.get(lemma)) is None
        ):
            return None
        price = _price(lemma, root) + (1.0 if root.kinds == "v" else 0.0)
        return lemma, price + (0.7 if len(lemma) == 3 else 0.0)

    def _combining(self, piece: str) -> tuple[tuple[str, float], ...]:
        """Return the base forms that a piece before another part may stand for, each with its cost."""
        readings = self._before.get(piece)
        if readings is None:
            if len(self._before) >= _MAX_CACHED_PIECES:
                self._before.clear()
            readings = self._before[piece] = tuple(self._read(piece)) if len(piece) > 2 or piece in self._short_before else ()
        return readings

    def _read(self, piece: str) -> list[tuple[str, float]]:
        found: dict[str, float] = {}

        def offer(lemma: str, kinds: str, price: float) -> None:
            root = self._roots.get(lemma)
            if (
                root is None
                or (len(lemma) < 3 and lemma not in self._short_before)
                or lemma in self._never_before
                or not any(kind in root.kinds for kind in kinds)
            ):
                return
            price += _price(lemma, root)
            if price < found.get(lemma, 99.0):
                found[lemma] = price

        if piece in self._never_before:
            return []
        end, stem = piece[-1], piece[:-1]
        open_end = end not in _VOWELS
        offer(piece, "na", 0.0)
        if end == "s":
            offer(stem, "n", 0.3)
            offer(stem + "e", "n", 0.4)
            offer(stem[:-1] + "a" if stem.endswith("o") else "", "n", 0.4)
        # Looked up last, since it takes longest: most pieces are no word with an a or e behind them.
        may_lack = piece + "a" in self._roots or (not open_end and piece + "e" in self._roots)
        attested = may_lack and self._base(piece) == piece + "a"
        if open_end or attested:
            offer(piece + "a", "n", 0.4 if attested else 1.0)
            if not piece.startswith(_PREFIXED):
                offer(piece + "a", "v", 0.8 if attested else 1.4)
            offer(piece + "e", "n", 0.5)
        if end in "ou":
            offer(stem + "a", "n", 0.5)
            offer(stem + "a", "v", 1.0)
        if end == "e":
            offer(stem, "n", 1.2)
            offer(stem + "a", "n", 0.6)
            offer(stem + "a", "v", 1.3)
        if end in "ie":
            offer(stem + "um", "n", 0.3)
        return list(found.items())


def _reach(reached: list[tuple[float, tuple[Part, ...]] | None], at: int, found: tuple[float, tuple[Part, ...]]) -> None:
    before = reached[at]
    if before is None or found[0] < before[0]:
        reached[at] = found


def _price(lemma: str, root: Root) -> float:
    """Return the cost of a part: low for common and long words, which a split is likely to mean."""
    return 8.0 - min(root.zipf, 6.0) + (2.0 if len(lemma) < 3 else 1.0 if len(lemma) == 3 else 0.3 if len(lemma) == 4 else 0.0)
