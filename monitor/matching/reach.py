"""Which themes may reach a department: the points of all themes are added at once, and most need no second look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil, floor
from typing import NamedTuple

from monitor.calls import ZONES
from monitor.language.termset import Scan
from monitor.matching.besides import Stated
from monitor.matching.ready import Index, Proviso

_PARTS = 8
"""Points are counted in eighths; what is finer is rounded so that a theme seems nearer, never farther."""


class Gain(NamedTuple):
    """What a signal gives a theme, by its number, once where any of its patterns stands in any of the zones and its proviso is met."""

    theme: int
    points: float
    proviso: Proviso | None
    zones: tuple[str, ...]
    patterns: frozenset[str]


class _Worth(NamedTuple):
    """What a pattern gives in a zone: points to themes and the bits of its gains; and the same by what must be met for it."""

    points: int = 0
    gains: int = 0
    asked: int = 0
    """The bits of the provisos."""
    asking: tuple[tuple[Proviso, int, int, int], ...] = ()
    """Proviso, its bit, points and bit of the gain."""


class Reach:
    """The themes that a text may bring to a department, told from the patterns that stand in it.

    Each theme has its own bits of one large number, which begin so that the highest of them is set once the points suffice: one sum
    over the patterns adds the points of every theme. There each pattern counts; what is near is counted again, each gain once.
    """

    def __init__(self, gains: Iterable[Gain], least: Sequence[float]) -> None:
        """`least` are the points from words that each theme needs; without a word none is near. The gains stand theme after theme."""
        kept = tuple(gains)
        self._parts = [ceil(gain.points * _PARTS) for gain in kept]
        provisos = {proviso: 1 << n for n, proviso in enumerate(dict.fromkeys(filter(None, (gain.proviso for gain in kept))))}
        self._provisos = Index((proviso, proviso.needs, proviso.besides) for proviso in provisos)
        own = [[number for number, gain in enumerate(kept) if gain.theme == theme] for theme in range(len(least))]
        most = [
            sum(self._parts[number] * len(kept[number].zones) * len(kept[number].patterns) for number in numbers)
            for numbers in own
        ]
        self._own = [sum(1 << number for number in numbers) for numbers in own]
        self._least = [max(1, floor(min(points * _PARTS, reached + 1))) for points, reached in zip(least, most, strict=True)]
        self._width = max(most, default=0).bit_length() + 1
        top = 1 << (self._width - 1)
        self._begun = sum(self._bits(theme, top - parts) for theme, parts in enumerate(self._least))
        self._tops = sum(self._bits(theme, top) for theme in range(len(least)))
        self._worths: dict[str, dict[str, _Worth]] = {zone: {} for zone in ZONES}
        for number, (gain, parts) in enumerate(zip(kept, self._parts, strict=True)):
            points = self._bits(gain.theme, parts)
            for zone in gain.zones:
                for pattern in gain.patterns:
                    worth = self._worths[zone].get(pattern, _Worth())
                    if gain.proviso is None:
                        worth = worth._replace(points=worth.points + points, gains=worth.gains | 1 << number)
                    else:
                        one = (gain.proviso, provisos[gain.proviso], points, 1 << number)
                        worth = worth._replace(asked=worth.asked | provisos[gain.proviso], asking=(*worth.asking, one))
                    self._worths[zone][pattern] = worth

    def _bits(self, theme: int, parts: int) -> int:
        return parts << (self._width * theme)

    def near(
        self, scans: Mapping[str, Scan], found: Iterable[str], stated: Stated, met: Callable[[Proviso], bool]
    ) -> list[tuple[int, float]]:
        """The themes that may have the points they need from words, in order, with those points. `found` are the patterns that stand
        anywhere; `met` says whether a call that states this states what a proviso asks."""
        total, filled, possible = self._begun, 0, self._provisos.possible(found, stated)
        for zone, scan in scans.items():
            for points, gains, asked, asking in filter(None, map(self._worths[zone].get, scan.found)):
                total += points
                filled |= gains
                if asked & possible:
                    for proviso, bit, more, gain in asking:
                        if not bit & possible:
                            continue
                        if met(proviso):
                            total += more
                            filled |= gain
                        else:
                            possible ^= bit
        near, tops = [], total & self._tops
        while tops:
            theme = (tops & -tops).bit_length() // self._width - 1
            parts = self._counted(filled & self._own[theme])
            if parts >= self._least[theme]:
                near.append((theme, parts / _PARTS))
            tops &= tops - 1
        return near

    def _counted(self, gains: int) -> int:
        parts = 0
        while gains:
            parts += self._parts[gains.bit_length() - 1]
            gains ^= 1 << (gains.bit_length() - 1)
        return parts
