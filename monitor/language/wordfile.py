"""The files of words beside this module: base forms in compressed blocks, read only as far as they are asked for."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

_BLOCK = 256
_CUT_NOTHING = 48  # a base form is written as how many letters to cut from the word, counted from "0", and what to put there


def write_words(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Write words and their base forms. Equal input gives equal bytes."""
    ordered = sorted(pairs)
    blocks, firsts = [], []
    for start in range(0, len(ordered), _BLOCK):
        lines = []
        for word, base in ordered[start : start + _BLOCK]:
            stem = _shared(word, base)
            lines.append(f"{word}\t{chr(_CUT_NOTHING + len(word) - stem)}{base[stem:]}\n")
        firsts.append(ordered[start][0])
        blocks.append(zlib.compress(f"\n{''.join(lines)}".encode(), 9))
    index = zlib.compress(json.dumps([firsts, [len(block) for block in blocks]], ensure_ascii=False).encode(), 9)
    path.write_bytes(b"".join((len(index).to_bytes(4, "big"), index, *blocks)))


def _shared(word: str, other: str) -> int:
    """How many letters two words begin with alike."""
    length = 0
    for letter, other_letter in zip(word, other, strict=False):
        if letter != other_letter:
            break
        length += 1
    return length


class WordFile:
    """Words and their base forms. A block of words is unpacked when the first of them is asked for, and kept as text: most of its
    words are never asked for, and a look through some kilobytes costs less than taking them apart."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        start = 4 + int.from_bytes(self._bytes[:4], "big")
        self._firsts, sizes = json.loads(zlib.decompress(self._bytes[4:start]))
        self._starts = [start]
        for size in sizes:
            self._starts.append(self._starts[-1] + size)
        self._unpacked: dict[int, str] = {}

    def get(self, word: str) -> str | None:
        """The base form of a word, or None when it is not in the file."""
        number = bisect_right(self._firsts, word) - 1
        block = self._unpacked.get(number)
        if block is None:
            block = self._unpacked[number] = self._unpack(number)
        line = block.find(f"\n{word}\t")
        if line < 0:
            return None
        edit = line + len(word) + 2
        cut = ord(block[edit]) - _CUT_NOTHING
        return (word[:-cut] if cut else word) + block[edit + 1 : block.index("\n", edit)]

    def _unpack(self, number: int) -> str:
        if number < 0:
            return ""
        return zlib.decompress(self._bytes[self._starts[number] : self._starts[number + 1]]).decode()
