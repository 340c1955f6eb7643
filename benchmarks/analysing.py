"""Row: text into lemma text, beside simplemma asked per token and a tokenizer that does nothing else.

Warm means that a portal day has been read before. A day's texts are then mostly lines that were read before; new texts are new
lines of words that were mostly read before. Both are measured. simplemma gets its tokens already split, and the same ones every
time; by default it caches its answers. The floor is Python's time to split a text at its spaces and look each piece up once.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from benchmarks.generate import Inputs
from benchmarks.measure import Line, medians, run_child
from monitor.language import tokens
from monitor.language.analyser import Analyser

SIMPLEMMA, ANEW, SPACY = "simplemma alone per token", "simplemma alone per token, remembering none", "spaCy blank tokenizer"
FLOOR = "the floor: split at spaces, each piece looked up once"


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the rows `analysing`."""
    runs = 1 if quick else 5
    day = 10 if quick else 600
    texts = _texts(inputs, 10 if quick else 150)
    own_size = sum(len(text.encode()) for text in texts) / 1e6
    analyser = Analyser()
    analyse_all(analyser, _texts(inputs, day))
    unseen = [_texts(inputs, len(texts), day + len(texts) * number) for number in range(runs + 1)]
    sizes = [sum(len(text.encode()) for text in part) / 1e6 for part in unseen]
    size = sum(sizes) / len(sizes)
    tasks: dict[str, Callable[[], object]] = {
        "new": lambda: analyse_all(analyser, unseen.pop()),
        "known": lambda: analyse_all(analyser, texts),
        SIMPLEMMA: _simplemma(texts),
        ANEW: _simplemma(texts, cache_max_size=0),
        FLOOR: _floor(texts),
    }
    if find_spec("spacy"):
        tasks[SPACY] = _spacy(texts)
    spent = medians(tasks, runs)
    cold = run_child("analysing:cold", calls=len(texts), captures=inputs.use_captures)
    lines = [
        Line(
            row="analysing",
            what=what,
            unit="MB per second of CPU",
            value=value,
            peer=peer,
            peer_value=own_size / spent[peer] if peer in spent else None,
            bound=bound,
        )
        for what, value in (("warm, texts met before", own_size / spent["known"]), ("warm, texts never met", size / spent["new"]))
        for peer, bound in ((SIMPLEMMA, 5.0), (ANEW, None), (SPACY, None), (FLOOR, None))
    ]
    cold_line = Line(row="analysing", what="cold", unit="MB per second of CPU", value=own_size / cold.cpu)
    return [*lines, cold_line, Line(row="analysing", what="peak memory", unit="MB", value=cold.peak / 1e6, better="less")]


def analyse_all(analyser: Analyser, texts: list[str]) -> None:
    """Analyse every text."""
    for text in texts:
        analyser.lemma_text(text)


def cold(calls: int, captures: bool) -> Callable[[], None]:
    """Analyse the first texts of a new process, which has not loaded its dictionaries yet."""
    texts = _texts(Inputs(captures), calls)
    return lambda: analyse_all(Analyser(), texts)


def _texts(inputs: Inputs, number: int, start: int = 0) -> list[str]:
    return [call.body for call in inputs.maker.calls(number, start=start)]


def _floor(texts: list[str]) -> Callable[[], object]:
    known = {piece: piece for text in texts for piece in text.split()}
    return lambda: [list(map(known.get, text.split())) for text in texts]


def _simplemma(texts: list[str], **options: int) -> Callable[[], object]:
    from simplemma import Lemmatizer

    words = [[piece.text for piece in tokens.pieces(text)] for text in texts]

    def task() -> None:
        lemmatizer = Lemmatizer(**options)
        for text in words:
            for word in text:
                lemmatizer.lemmatize(word, lang=("sv", "en"))

    task()
    return task


def _spacy(texts: list[str]) -> Callable[[], object]:
    import spacy

    language: Any = spacy.blank("sv")
    return lambda: [language.make_doc(text) for text in texts]
