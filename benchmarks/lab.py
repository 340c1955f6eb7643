"""Row: the rule lab's answer when one theme or one concept is changed, beside matching everything again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.archives import filled_archive, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, medians, seconds
from benchmarks.web import writing
from monitor.jobs.match import match_archive
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_texts
from monitor.web.views.concept_lab import concept_file, preview_concepts
from monitor.web.views.rule_lab import preview, theme_file

_CONCEPTS = "bench"
"""Name of the file with the concept that is changed."""
_USERS = 4
"""Themes that name the concept: as many as a common one has."""


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the row `rule lab`."""
    number = 40 if quick else 12_000
    rules = shipped_rules()
    theme, text = changed_theme(rules)
    by_concept, concept_text = changed_concept(rules)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        filled_archive(Path(folder) / "archive.db", inputs.maker.calls(number), match=True) as archive,
    ):
        found = preview(archive.db, rules, theme, text, NOW)
        assert not found.problems, found.problems
        with writing(Path(folder) / "archive.db"):
            found = preview_concepts(archive.db, by_concept, _CONCEPTS, concept_text, NOW)
            assert not found.problems, found.problems
            ours = medians(
                {
                    "theme": lambda: preview(archive.db, rules, theme, text, NOW),
                    "concept": lambda: preview_concepts(archive.db, by_concept, _CONCEPTS, concept_text, NOW),
                },
                1 if quick else 5,
                seconds,
            )
        full = seconds(lambda: match_archive(archive, rules, NOW))
    what = {name: f"one {name} changed, {number} calls, while another process writes" for name in ours}
    return [
        *(Line(row="rule lab", what=what[name], unit="seconds", value=ours[name], better="less", bound=0.5) for name in ours),
        Line(
            row="rule lab",
            what=what["theme"],
            unit="seconds",
            value=ours["theme"],
            better="less",
            peer="full re-match",
            peer_value=full,
        ),
    ]


def changed_theme(rules: RuleSet) -> tuple[str, str]:
    """Return the theme of median size with a common change made to it: other weights."""
    ordered = sorted(rules.live_themes, key=lambda theme: (sum(len(signal.words) for signal in theme.signal), theme.theme.id))
    theme = ordered[len(ordered) // 2].theme.id
    text = rules.files[theme_file(theme)]
    changed = text.replace("weight = 5", "weight = 6", 1).replace("weight = 4", "weight = 5", 1)
    assert changed != text, theme
    return theme, changed


def changed_concept(rules: RuleSet) -> tuple[RuleSet, str]:
    """Return the rules with a concept that some themes name, and the text of its file with a common word more."""
    # The common word may stand in a concept of the rules as well.
    row = f'[[concept]]\nid = "{_CONCEPTS}"\nsv = ["provbegreppet"]\nen = ["benchmark term"]\nalso = true\n'
    text = f'title = "Prov"\n\n{row}'
    signal = f'\n[[signal]]\nid = "{_CONCEPTS}"\nconcepts = ["{_CONCEPTS}"]\nweight = 3\n'
    files = {**rules.files, concept_file(_CONCEPTS): text}
    for theme in rules.live_themes[:_USERS]:
        files[theme_file(theme.theme.id)] += signal
    return load_texts(files), text.replace('"benchmark term"', '"benchmark term", "cybersecurity"')
