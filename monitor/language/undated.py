"""What pages say in place of a date: rolling, not decided, soon, usually in February."""

from __future__ import annotations

import re

from monitor.language.date_cues import APPLIES, OTHERWISE, Cue, find_cues
from monitor.language.segments import Segment

_ROLLING = re.compile(
    r"\blöpande\b(?!\s+(?:verksamhet|kostnad|drift|utgift|räkning|text|underhåll|arbete|kontakt|dialog))|när\s+som\s+helst|året\s+(?:runt|om)|hela\s+året|"
    r"\bl[øö]pende\b(?!\s+(?:drift|utgift|kontakt|dialog|kostnad))|\b(?:fort)?løbende\b(?!\s+(?:drift|udgift|kontakt|dialog))|når\s+som\s+helst|hele\s+året|året\s+rundt|"
    r"uden\s+(?:ansøgnings)?frist|uten\s+(?:søknads)?frist|rolling\s+(?:basis|deadline|call)|continuous(?:ly)?|at\s+any\s+time|all\s+year\s+round|permanently\s+open|tills\s+vidare|utan\s+sista\s+(?:ansöknings)?dag",
    re.IGNORECASE,
)
_UNSET = re.compile(
    r"\b(?:ej|inte|icke)\s+(?:ännu\s+)?(?:bestäm[dt]|beslutat|beslutad|fastställ[dt]|klart|klar|satt|angivet)\b|inom\s+kort|\bsnart\b|meddelas\s+senare|"
    r"publiceras\s+(?:senare|inför)|to\s+be\s+(?:announced|confirmed|decided|determined)|\btb[acd]\b|"
    r"\bikke\s+(?:enn[åu]\s+|endnu\s+)?(?:fastsatt?|fastlagt|besluttet|bestemt|klar|kendt|kjent)\b|\bkommer\s+senere\b|innen\s+kort\b|inden\s+længe\b|not\s+yet\s+(?:known|decided|announced)|\bshortly\b|\bsoon\b",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\b(?:oftast|vanligtvis|vanligen|normalt|brukar|i\s+regel|usually|normally|varje\s+år|årligen|som\s+regel|vanligvis|sædvanligvis|hvert\s+år)\b[^.!?\n]{0,60}?\bi\s+(?:"
    r"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|januar|februar|marts|mai|august|desember|slutet|slutningen|slutten|början|mitten)\b",
    re.IGNORECASE,
)
_ROLES = {Cue.APPLY: "deadline", Cue.CLOSE: "deadline", Cue.OPENS: "opening", Cue.DECISION: "decision"}


def find_undated(words: str, segments: list[Segment], taken: list[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    """Return (start, end, role, exactness) of each such phrase that belongs to a deadline, an opening or a decision."""
    found: list[tuple[int, int, str, str]] = []
    seen = bytearray(len(words))
    for start, end in taken:
        seen[start:end] = b"\1" * (end - start)
    for segment in segments:
        sentence = words[segment.start : segment.end]
        for pattern, exactness in ((_USUAL, "none"), (_UNSET, "none"), (_ROLLING, "rolling")):
            for hit in pattern.finditer(words, segment.start, segment.end):
                if any(seen[hit.start() : hit.end()]):
                    continue
                role = _role(words, segment, hit, rolling=exactness == "rolling", sentence=sentence)
                if role:
                    found.append((hit.start(), hit.end(), role, exactness))
                    seen[hit.start() : hit.end()] = b"\1" * (hit.end() - hit.start())
    return found


def _role(words: str, segment: Segment, hit: re.Match[str], *, rolling: bool, sentence: str) -> str:
    cues = find_cues(words, segment.start, hit.start())
    if rolling:
        if any(cue.cue in OTHERWISE for cue in cues):
            return ""
        bare = len(sentence.split()) <= 8 and segment.line
        return "deadline" if bare or APPLIES.search(sentence) else ""
    named = [_ROLES[cue.cue] for cue in cues if cue.cue in _ROLES]
    if named:
        return named[-1]
    behind = [_ROLES[cue.cue] for cue in find_cues(words, hit.end(), segment.end) if cue.cue in _ROLES]
    return behind[0] if behind and APPLIES.search(sentence) else ""
