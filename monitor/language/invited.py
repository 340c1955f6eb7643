"""Invitations to Sweden in texts of another language or country: Nordic, EU-wide and Interreg calls."""

from __future__ import annotations

import re

from monitor.language.segments import split_segments

_LONGEST = 100_000
_AREA = re.compile(
    r"\bnordis[kc]\w*|\bnordens?\b|\bnordic\b|\bskandinav\w+|\bpohjoismai\w+|\bruotsi\w*|\bsvensk\w*|"
    r"\bsverige\b|\bsweden\b|\bswedish\b|"
    r"\beu[-:'’]?s?[\s-]*(?:land\w*|lænd\w*|lande\w*|länder\w*|medlemsl\w+|medlemsst\w+)|\bmedlems(?:land|"
    r"lande|landene|länder|stat)\w*|"
    r"\bmember\s+states\b|\beurop[aæ]\w*\s+(?:land|lande|länder)|\bjäsenmai\w+|\beu-mai\w+|\binterreg\b|"
    r"\bprogramområdet\b|\bprogrammeområdet\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\bs[øö]k(?:e|er|a|es|as|je|ere|nad\w*)?\b|\bsøg\w*|\bansøg\w*|\bansök\w*|\bdeltag?\w*|\bpartner\w*|"
    r"\båpen\w*|\båbe?n\w*|\böppe[nt]\b|\bstøtt\w*|"
    r"\btilsk[ou]d\w*|\bbidrag\w*|\bhak(?:ea|u|ija)\w*|\bosallist\w*|\bapply\b|\bapplica\w+|\beligible\b|"
    r"\bopen\s+to\b|\bmedfinans\w+|\bmålgrupp\w*|\bsamarb[ej]\w+",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b(?:ikke|ikkje|inte|not|cannot|ei|eivät)\b", re.IGNORECASE)


def is_open_to_sweden(text: str) -> bool:
    """Tell whether a sentence says that Nordic countries, Sweden, the EU's member states or an Interreg area may take part.

    The sentence must speak of applying, support or partners as well: "svenska" alone may be the language of a page.
    """
    bounded = text[:_LONGEST]
    if not _AREA.search(bounded):
        return False
    return any(
        _AREA.search(bounded, part.start, part.end)
        and _PART.search(bounded, part.start, part.end)
        and not _REFUSED.search(bounded, part.start, part.end)
        for part in split_segments(bounded)
    )
