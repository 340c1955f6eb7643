"""The check of translations on many differently built sentences: right ones pass, and every planted fault is caught."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.translate.check import find_differences
from monitor.translate.texts import make_glossary
from tests.translate.pairs import RIGHT, WRONG
from tests.translate.sentences import FRAMES, KINDS, Written


def written(frame, pick):
    """Return a sentence, its translation, and the translation with each fault."""
    english, swedish = frame
    slots = re.findall(r"\{(\w):(\w+)\}", english)
    values: dict[str, Written] = {}
    for name, kind in slots:
        value = KINDS[kind](pick)
        while any(other.value == value.value for other in values.values()):
            value = KINDS[kind](pick)
        values[name] = value
    original = re.sub(r":\w+\}", "}", english).format(**{name: value.en for name, value in values.items()})
    right = {name: value.sv for name, value in values.items()}
    faulty = [swedish.format(**{**right, name: fault}) for name, value in values.items() for fault in value.faults]
    kinds = dict(slots)
    if "b" in kinds and kinds["a"] == kinds["b"]:
        faulty.append(swedish.format(**{**right, "a": right["b"], "b": right["a"]}))
    return original, swedish.format(**right), [text for text in faulty if text != swedish.format(**right)]


GLOSSARY = {**make_glossary(()), "member states": "medlemsstater"}


@pytest.mark.parametrize(("original", "translated"), RIGHT)
def test_a_right_translation_of_a_usual_form_passes(original, translated):
    assert find_differences(original, translated, glossary=GLOSSARY) == ()


@pytest.mark.parametrize(("original", "translated"), WRONG)
def test_a_changed_value_of_a_usual_form_is_caught(original, translated):
    assert find_differences(original, translated, glossary=GLOSSARY)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame[0])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=15)
def test_a_right_translation_passes_and_one_with_a_fault_does_not(frame, seed):
    original, translated, faulty = written(frame, random.Random(seed).choice)
    assert find_differences(original, translated) == (), (original, translated)
    for text in faulty:
        assert find_differences(original, text), (original, text)


def test_of_two_hundred_faults_in_differently_built_sentences_every_one_is_caught():
    pick = random.Random(28).choice
    tried = 0
    for frame in FRAMES:
        for _ in range(3):
            original, translated, faulty = written(frame, pick)
            assert find_differences(original, translated) == (), (original, translated)
            for text in faulty:
                assert find_differences(original, text), (original, text)
            tried += len(faulty)
    assert len(FRAMES) >= 20
    assert tried >= 200
