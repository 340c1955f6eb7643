"""American spellings made British, so that both are one word."""

from __future__ import annotations

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OUR = _words(
    "armor behavior candor clamor color demeanor endeavor favor fervor flavor glamor harbor honor humor labor misbehavior neighbor odor "
    "parlor rancor rigor rumor savior savor splendor succor tumor valor vapor vigor discolor dishonor disfavor"
)
_RE = _words("caliber center epicenter fiber liter luster maneuver meager meter sepulcher somber specter theater")
_OGUE = _words("analog catalog dialog epilog monolog prolog travelog")
_DOUBLED = _words(
    "cancel channel chisel counsel dial duel equal fuel funnel grovel initial jewel label level libel marvel model panel pedal pencil quarrel "
    "rival shovel signal snorkel spiral swivel symbol total towel travel tunnel yodel"
)
_WHOLE = {
    "program": "programme",
    "aging": "ageing",
    "airplane": "aeroplane",
    "aluminum": "aluminium",
    "ambience": "ambiance",
    "artifact": "artefact",
    "ax": "axe",
    "cozy": "cosy",
    "defense": "defence",
    "draftsman": "draughtsman",
    "enroll": "enrol",
    "enrollment": "enrolment",
    "fulfill": "fulfil",
    "fulfillment": "fulfilment",
    "gray": "grey",
    "installment": "instalment",
    "instill": "instil",
    "distill": "distil",
    "jewelry": "jewellery",
    "judgment": "judgement",
    "acknowledgment": "acknowledgement",
    "license": "licence",
    "likable": "likeable",
    "livable": "liveable",
    "mold": "mould",
    "offense": "offence",
    "orthopedic": "orthopaedic",
    "plow": "plough",
    "practise": "practice",
    "pretense": "pretence",
    "sizable": "sizeable",
    "skeptic": "sceptic",
    "skeptical": "sceptical",
    "skillful": "skilful",
    "specialty": "speciality",
    "sulfur": "sulphur",
    "toward": "towards",
    "willful": "wilful",
    "woolen": "woollen",
}
_KEPT_IZE = frozenset(
    [
        "assize",
        "baize",
        "capsize",
        "downsize",
        "maize",
        "outsize",
        "oversize",
        "prize",
        "resize",
        "seize",
        "size",
        "undersize",
        "upsize",
        "apprize",
    ]
)
_starts = re.compile("|".join(sorted((*_OUR, *_RE, *_OGUE), key=len, reverse=True)))
_ise = re.compile(r"(?<=[a-z]{3})iz(e|ed|er|es|ing|ation|ational|able|ingly)(s?)$")
_yse = re.compile(r"(?<=[a-z]{2})lyz(e|ed|er|es|ing)$")
_doubled = re.compile(rf"^({'|'.join(sorted(_DOUBLED))})(ed|er|ers|ing|ings|or|ors|ation|ations)$")
_ae = re.compile(r"^(arch|p|h|an|gyn|leuk|encyclop)(e)(ology|ological|ologist|diatric|diatrician|mo|sthe|mia|mic|col|dia|dic)")


@lru_cache(maxsize=100_000)
def british(word: str) -> str:
    """The British spelling of an English word in small letters; other words come back as they are.

    >>> british("digitalization"), british("neighborhood"), british("prize"), british("laboratory")
    ('digitalisation', 'neighbourhood', 'prize', 'laboratory')
    """
    if (whole := _WHOLE.get(word)) is not None:
        return whole
    if "iz" in word and word not in _KEPT_IZE:
        word = _ise.sub(r"is\1\2", word)
    elif "yz" in word:
        word = _yse.sub(r"lys\1", word)
    if word.endswith("programs"):
        return word[:-1] + "mes"
    match = _starts.match(word)
    if match is not None:
        stem, rest = match[0], word[match.end() :]
        if stem in _OUR and not (stem == "labor" and rest.startswith("at")):
            return f"{stem[:-2]}our{rest}"
        if stem in _RE and rest in {"", "s", "ed", "ing"}:
            return f"{stem[:-2]}r{rest}" if rest in {"ed", "ing"} else f"{stem[:-2]}re{rest}"
        if stem in _OGUE and rest in {"", "s"}:
            return f"{stem}ue{rest}"
    if word.startswith(("kilomet", "centimet", "millimet")):
        return re.sub(r"meter(s?)$", r"metre\1", word)
    word = _doubled.sub(lambda m: f"{m[1]}{m[1][-1]}{m[2]}", word)
    return _ae.sub(r"\1ae\3", word)


def british_start(letters: str) -> str:
    """The beginning of an English word, as a star term has it: "digitaliz" begins the same words as "digitalis"."""
    if letters.endswith("iz") and len(letters) > 5:
        return letters[:-1] + "s"
    return british(letters)
