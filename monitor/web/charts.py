"""Charts as SVG that stands in the page itself: bars under each name, told in words as well. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

_BAR, _NAME, _GAP = 14, 20, 14
_LONGEST = 88  # per cent of the width; the rest is for the bar's number
_CLASSES = ("bar", "bar2", "bar3", "bar4")


def bars(rows: Sequence[Mapping[str, Any]], counts: Sequence[str], names: Mapping[str, str], name: str, most_of: str) -> Markup:
    """Horizontal bars, one per row and count, the row's name above them so that none is cut and a phone has room.

    Lengths are per cent of the page's width, so that the letters keep their size on a phone.

    The table beside the chart holds the same figures; the chart names its gist, where `most_of` leads to the row with most.
    """
    most = max((int(row[count]) for row in rows for count in counts), default=0) or 1
    shown = [[count for count in counts if row[count]] for row in rows]
    height = sum(_NAME + len(drawn) * _BAR + _GAP for drawn in shown)
    gist = "; ".join(
        f"{row['name']}: " + ", ".join(f"{names[count].lower()} {row[count]}" for count in counts) for row in rows[:8]
    )
    parts = [
        f'<svg class="chart wide-chart" width="100%" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{escape(", ".join(names[count] for count in counts))}, {escape(most_of)}: {escape(rows[0]["name"])}</title>',
        f'<desc id="{name}-d">{escape(gist)}</desc>',
    ]
    top = 0
    for row, drawn in zip(rows, shown, strict=True):
        parts.append(f'<text x="0" y="{top + 14}">{escape(row["name"])}</text>')
        for number, count in enumerate(drawn):
            value, at = int(row[count]), top + _NAME + number * _BAR
            width = max(round(_LONGEST * value / most, 1), 0.3)
            colour = _CLASSES[counts.index(count) % 4]
            parts.append(f'<rect class="{colour}" x="0" y="{at}" width="{width}%" height="{_BAR - 3}"/>')
            parts.append(f'<text x="{width}%" dx="6" y="{at + _BAR - 4}">{value}</text>')
        top += _NAME + len(drawn) * _BAR + _GAP
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it was escaped above
