"""Swedish compounds: where a word parts into words that stand on their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

DEAREST = 5.6  # what a part may cost on average before a split is no longer believed
_LONGEST = 60
_LONGEST_PART = 24
_MOST_PIECES = 400_000
_VOWELS = frozenset("aeiouyåäö")
# What is put before a word without being a word of the compound: prefixes, particles, and beginnings that never stand alone.
_BEFORE = """samma väl gen illa tills först övers ihåll emot utöver varje någon ingen inga inta avta motta anta förta missta anna an av bak be bi bort då ef efter en er ett fler flera fram från för före förut gemen genom halv här hop icke igen ihop i in inom
    inne inter inåt isär jäm kring lik mellan med miss mot mång mäng när ned ner nu om o på runt sam samman si själv slut sär så till
    tillbaka tre två tvär und under upp ur ut utan ute utom utåt vad van var veder vid åt åter än även ände över de den det du ge har hon
    han ha ja jo kom man mer mest min mig nej ni nog nya ok se ser som ta tag är två bio eko geo mikro makro mini maxi multi pro pre re kon
    com dis sub tele auto agro hydro elektro psyko neuro poly mono stereo syn kul kap sat rom far bra all alla allt annan andra vi"""
# What is put after a word without being a word of the compound.
_AFTER = """utom emot ifrån bland som ske lera para mena dra ologisk olikhet aria ega the rad per ras mus sen kor pi fi bi tu te aktig ande are artad bar del dom else ende fast full het håll ig ing ion isk kap ling lig lunda lös mässig mot mån ning om rik ring
    ris sak sam skap som sätt tal tid tor tur tum ut var vis värd ör är år än ad ande ed eri ist ism ell and ant ent dan don man"""
_never_before = frozenset(_BEFORE.split())
_never_after = frozenset(_AFTER.split()) - frozenset(
    ["del", "håll", "sätt", "tal", "tid", "år", "man", "tur", "sak", "ring", "fast", "ris", "rik", "var"]
)
_short_before = frozenset(["by", "el", "eu", "is", "it", "ny", "tv", "vd", "öl"])
_short_after = frozenset(["by"])


_PREFIXED = ("an", "av", "be", "för", "in", "miss", "mot", "om", "på", "till", "upp", "ut", "åter", "över")


class Root(NamedTuple):
    """A word that parts of compounds come down to: how common it is (log10 per 10^9 words), and what kinds of word it is (n, a, v)."""

    zipf: float
    kinds: str


class Part(NamedTuple):
    """A part of a compound: where it begins in the word as written, and its base form."""

    start: int
    lemma: str


class Splitter:
    """Splits words with a lexicon of roots. `base` gives the base form of a written word, or None when no dictionary has it."""

    def __init__(self, roots: Mapping[str, Root], base: Callable[[str], str | None]) -> None:
        self._roots = roots
        self._base = base
        self._before: dict[str, tuple[tuple[str, float], ...]] = {}

    def forget(self) -> None:
        """Read pieces anew, after roots were added."""
        self._before.clear()

    def split(self, word: str, *, inflected: bool = False, dearest: float = DEAREST) -> tuple[Part, ...]:
        """The parts of a folded word; empty when it is a simple word, or no split is cheaper than `dearest` per part.

        The word is a base form, and so is its last part, unless it may be `inflected`.
        """
        if not 5 <= len(word) <= _LONGEST:
            return ()
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
            for end in range(start + 2, min(len(word) - 1, start + _LONGEST_PART)):
                for lemma, price in self._combining(word[start:end]):
                    found = (cost + price, (*parts, Part(start, lemma)))
                    _reach(reached, end, found)
                    if word[end - 1] == word[end - 2] and word[end - 1] not in _VOWELS:
                        # busstopp: of three equal consonants one is not written
                        _reach(reached, end - 1, (found[0] + 0.6, found[1]))
        if best is None or best[0] / len(best[1]) > dearest:
            return ()
        return best[1]

    def _last(self, tail: str, *, inflected: bool) -> tuple[str, float] | None:
        if (len(tail) < 3 and tail not in _short_after) or tail in _never_after:
            return None
        lemma = self._base(tail)
        if (
            lemma is None
            or lemma in _never_after
            or (lemma != tail and not inflected)
            or (root := self._roots.get(lemma)) is None
        ):
            return None
        price = _price(lemma, root) + (1.0 if root.kinds == "v" else 0.0)
        return lemma, price + (0.7 if len(lemma) == 3 else 0.0)

    def _combining(self, piece: str) -> tuple[tuple[str, float], ...]:
        """What a piece before another part may stand for, each with its price."""
        known = self._before.get(piece)
        if known is None:
            if len(self._before) >= _MOST_PIECES:
                self.forget()
            known = self._before[piece] = tuple(self._read(piece)) if len(piece) > 2 or piece in _short_before else ()
        return known

    def _read(self, piece: str) -> list[tuple[str, float]]:
        found: dict[str, float] = {}

        def offer(lemma: str, kinds: str, price: float) -> None:
            root = self._roots.get(lemma)
            if (
                root is None
                or (len(lemma) < 3 and lemma not in _short_before)
                or lemma in _never_before
                or not any(kind in root.kinds for kind in kinds)
            ):
                return
            price += _price(lemma, root)
            if price < found.get(lemma, 99.0):
                found[lemma] = price

        if piece in _never_before:
            return []
        end, stem = piece[-1], piece[:-1]
        offer(piece, "na", 0.0)
        if end == "s":
            offer(stem, "n", 0.3)
            offer(stem + "e", "n", 0.4)
            offer(stem[:-1] + "a" if stem.endswith("o") else "", "n", 0.4)
        attested = self._base(piece) == piece + "a"
        if end not in _VOWELS or attested:
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
    """Common and long words are cheap: a split into them is likely meant."""
    return 8.0 - min(root.zipf, 6.0) + (2.0 if len(lemma) < 3 else 1.0 if len(lemma) == 3 else 0.3 if len(lemma) == 4 else 0.0)
