"""Text of a mail whose lines any width of window breaks anew: format=flowed, RFC 3676."""

from __future__ import annotations

import re
import textwrap

_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
"""Space within a number such as 60 000, at which no line breaks."""
WIDTH = 72
"""Characters of a line, as RFC 3676, section 4.2, advises for programs that show the lines as they are."""


def flow(text: str) -> str:
    """Return a text, one paragraph a line, with lines of at most WIDTH characters that end with a space where they go on.

    Addresses longer than a line stay whole.
    """
    lines: list[str] = []
    for paragraph in text.strip().splitlines():
        pieces = textwrap.wrap(
            _THOUSANDS.sub("\u00a0", paragraph.strip()), WIDTH, break_long_words=False, break_on_hyphens=False
        ) or [""]
        lines.extend(f"{_stuffed(piece)} " for piece in pieces[:-1])
        lines.append(_stuffed(pieces[-1]))
    return "\n".join(lines) + "\n"


def _stuffed(line: str) -> str:
    """Return a line with a space before what mail programs would read as a quotation: RFC 3676, section 4.4."""
    return f" {line}" if line.startswith((">", "From ")) else line
