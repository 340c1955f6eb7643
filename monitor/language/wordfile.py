"""Word files: base forms of words in compressed blocks, each decompressed when first used."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

_BLOCK = 256
_NO_CUT = 48  # a base form is written as the number of letters to cut from the word, counted from "0", and the letters to append


def write_words(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Write (word, base form) pairs. Equal input gives equal bytes."""
    ordered = sorted(pairs)
    blocks, firsts = [], []
    for start in range(0, len(ordered), _BLOCK):
        lines = []
        for word, base in ordered[start : start + _BLOCK]:
            stem = _shared(word, base)
            lines.append(f"{word}\t{chr(_NO_CUT + len(word) - stem)}{base[stem:]}\n")
        firsts.append(ordered[start][0])
        blocks.append(zlib.compress(f"\n{''.join(lines)}".encode(), 9))
    index = zlib.compress(json.dumps([firsts, [len(block) for block in blocks]], ensure_ascii=False).encode(), 9)
    path.write_bytes(b"".join((len(index).to_bytes(4, "big"), index, *blocks)))


def _shared(word: str, other: str) -> int:
    """Return the number of letters that two words have in common at their beginning."""
    length = 0
    for letter, other_letter in zip(word, other, strict=False):
        if letter != other_letter:
            break
        length += 1
    return length


class WordFile:
    """Mapping of words to base forms. A block is decompressed when one of its words is first looked up, and kept as text.

    Most words of a block are never looked up, and searching some kilobytes of text costs less than splitting them into words.
    """

    def __init__(self, path: Traversable) -> None:
        self._bytes = path.read_bytes()
        start = 4 + int.from_bytes(self._bytes[:4], "big")
        self._firsts, sizes = json.loads(zlib.decompress(self._bytes[4:start]))
        self._starts = [start]
        for size in sizes:
            self._starts.append(self._starts[-1] + size)
        self._unpacked: dict[int, str] = {}

    def get(self, word: str) -> str | None:
        """Return the base form of a word; None where it is not in the file."""
        number = bisect_right(self._firsts, word) - 1
        block = self._unpacked.get(number)
        if block is None:
            block = self._unpacked[number] = self._unpack(number)
        line = block.find(f"\n{word}\t")
        if line < 0:
            return None
        edit = line + len(word) + 2
        cut = ord(block[edit]) - _NO_CUT
        return (word[:-cut] if cut else word) + block[edit + 1 : block.index("\n", edit)]

    def _unpack(self, number: int) -> str:
        if number < 0:
            return ""
        return zlib.decompress(self._bytes[self._starts[number] : self._starts[number + 1]]).decode()
