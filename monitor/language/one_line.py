"""Texts of publishers as one line for mails, pages and calendars: cleaned and shortened."""

from __future__ import annotations

import unicodedata

_CONTROLS = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
# Join emoji, and letters of Persian and Indic words; harmless within one line.
_JOINERS = frozenset("\u200c\u200d\ufe0f")


def clean(text: str) -> str:
    """Return a publisher's text as one line: no control characters, no marks that turn the reading direction, no line breaks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_kept).split())


class _Kept(dict[int, int | str | None]):
    """Replacement of each character in `clean`, found when the character is first met."""

    def __missing__(self, code: int) -> int | str | None:
        category = unicodedata.category(chr(code))
        made: int | str | None = code
        if category in ("Zl", "Zp", "Cc"):
            made = " "
        elif category in _CONTROLS and chr(code) not in _JOINERS:
            made = None
        self[code] = made
        return made


_kept = _Kept()


def shorten(text: str, limit: int) -> str:
    """Return the text, cut at a word with an ellipsis where it is longer than the limit."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > limit // 2 else cut).rstrip(" ,;:–-.") + "…"
