"""Charts as SVG that stands in the page itself: bars side by side, told in words as well. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

_WIDTH, _LABEL, _BAR, _GAP, _LETTERS = 760, 250, 13, 14, 34
_CLASSES = ("bar", "bar2", "bar3", "bar4")


def bars(rows: Sequence[Mapping[str, Any]], counts: Sequence[str], names: Mapping[str, str], name: str) -> Markup:
    """Horizontal bars, one per row and count. The table beside the chart holds the same figures; the chart names its gist."""
    most = max((int(row[count]) for row in rows for count in counts), default=0) or 1
    height = len(rows) * (len(counts) * _BAR + _GAP) + 10
    room = _WIDTH - _LABEL - 60
    top = rows[0]
    gist = "; ".join(
        f"{row['name']}: " + ", ".join(f"{names[count].lower()} {row[count]}" for count in counts) for row in rows[:8]
    )
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{escape(", ".join(names[count] for count in counts))}, flest: {escape(top["name"])}</title>',
        f'<desc id="{name}-d">{escape(gist)}</desc>',
        f'<line class="axis" x1="{_LABEL}" y1="0" x2="{_LABEL}" y2="{height}"/>',
    ]
    y = 4
    for row in rows:
        block = len(counts) * _BAR
        parts.append(
            f'<text x="{_LABEL - 8}" y="{y + block / 2 + 4:.0f}" text-anchor="end">{escape(_short(str(row["name"])))}</text>'
        )
        for number, count in enumerate(counts):
            width = round(room * int(row[count]) / most)
            at = y + number * _BAR
            parts.append(
                f'<rect class="{_CLASSES[number % 4]}" x="{_LABEL}" y="{at}" width="{max(width, 1)}" height="{_BAR - 3}"/>'
            )
            parts.append(f'<text x="{_LABEL + width + 6}" y="{at + _BAR - 3}">{int(row[count])}</text>')
        y += block + _GAP
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped above


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1].rstrip() + "…"
