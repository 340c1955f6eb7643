"""Which language a passage is written in, told by its small words."""

from __future__ import annotations

from collections.abc import Iterable

SWEDISH, ENGLISH = "sv", "en"

_SMALL_WORDS = {
    "sv": """och i att det som en ett på är av för med till den inte om ett har de från vid kan ska skall eller under samt men genom efter också
        när där alla andra denna detta dessa sin sina sitt inom mellan mot vi ni du hur vad vilka vilket varje bli blir måste får finns
        hos sig utan upp över både så än nu mer mest era er våra vår även""",
    "en": """the of and to in a is that for on are with as at be this by from or an it which will have has not can their its should must may
        been were was these those all other than into between within how what who where when more our your we you they such through
        under up also about both""",
    "da": """og i at det som en et på er af for med til den ikke om har de fra ved kan skal eller under samt men gennem efter også når hvor alle
        andre denne dette disse sin sine sit inden mellem mod vi hvordan hvad hvilke hver blive bliver må få får findes hos sig uden over
        både så nu mere jer vores være bør""",
    "nb": """og i at det som en et på er av for med til den ikke om har de fra ved kan skal eller under samt men gjennom etter også når hvor alle
        andre denne dette disse sin sine sitt innen mellom mot vi hvordan hva hvilke hver bli blir må få får finnes hos seg uten over
        både så nå mer dere våre være bør""",
    "fi": "ja on ei se että ovat tai kuin oli joka voi sekä myös mutta mukaan sen olla hän he ne tämä tässä ovat joita jotka noin vain kun jos",
    "de": "der die das und ist von den mit für auf nicht ein eine im zu dem des sich auch als wird werden sind bei oder durch nach einer über",
    "fr": "le la les des est et une du dans pour que qui sur pas au par avec sont ce cette aux ou plus leur été être ses",
    "es": "el los las una y que en del por con para es se su como más al son sus este esta entre ha ser también",
    "it": "il gli di che è per una del della dei delle nel con sono alla anche più dal come questo questa essere ha si",
    "nl": "het een van en is dat voor op niet met zijn aan wordt worden ook door bij als naar maar dit deze hebben",
    "pl": "i w na z do się jest nie że oraz dla od przez są jak lub po co może być które który ich ten tym",
}
_votes: dict[str, tuple[str, ...]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in set(_words.split()):
        _votes[_word] = (*_votes.get(_word, ()), _language)
small_words = _votes.keys()
swedish_small_words = frozenset(_SMALL_WORDS[SWEDISH].split())


def votes_of(word: str) -> tuple[str, ...]:
    """The languages that have the folded word as a small word."""
    return _votes.get(word, ())


def count_votes(votes: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """How many small words of each language there are, from the answers of `votes_of`."""
    counted: dict[str, int] = {}
    for languages in votes:
        for language in languages:
            counted[language] = counted.get(language, 0) + 1
    return counted


def decide(votes: dict[str, int]) -> str:
    """The language that clearly has the most votes, or "" when they are too few or too even.

    Swedish and English win with a small lead; another language, whose words are then left as they are, needs a clear one.
    """
    if not votes:
        return ""
    ranked = sorted(votes.items(), key=lambda item: (-item[1], item[0] not in (SWEDISH, ENGLISH), item[0]))
    best, most = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0
    if best in (SWEDISH, ENGLISH):
        return best if most >= 2 and most > second else ""
    own = max(votes.get(SWEDISH, 0), votes.get(ENGLISH, 0))
    return best if most >= 3 and most >= 1.25 * own and most > own + 1 else ""
