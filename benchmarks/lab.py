"""Row: the rule lab's answer when one theme is changed, beside matching everything again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.archives import filled_archive, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, medians, seconds
from benchmarks.web import writing
from monitor.jobs.match import match_archive
from monitor.matching.compiled import RuleSet
from monitor.web.views.rule_lab import preview, theme_file


def measure(inputs: Inputs, quick: bool) -> list[Line]:
    """Measure the row `rule lab`."""
    number = 40 if quick else 12_000
    rules = shipped_rules()
    theme, text = changed_theme(rules)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        filled_archive(Path(folder) / "archive.db", inputs.maker.calls(number), match=True) as archive,
    ):
        found = preview(archive.db, rules, theme, text, NOW)
        assert not found.problems, found.problems
        with writing(Path(folder) / "archive.db"):
            ours = medians({"ours": lambda: preview(archive.db, rules, theme, text, NOW)}, 1 if quick else 5, seconds)["ours"]
        full = seconds(lambda: match_archive(archive, rules, NOW))
    what = f"one theme changed, {number} calls, while another process writes"
    return [
        Line(row="rule lab", what=what, unit="seconds", value=ours, better="less", bound=0.5),
        Line(row="rule lab", what=what, unit="seconds", value=ours, better="less", peer="full re-match", peer_value=full),
    ]


def changed_theme(rules: RuleSet) -> tuple[str, str]:
    """Return the theme of median size with a common change made to it: other weights."""
    ordered = sorted(rules.live_themes, key=lambda theme: (sum(len(signal.words) for signal in theme.signal), theme.theme.id))
    theme = ordered[len(ordered) // 2].theme.id
    text = rules.files[theme_file(theme)]
    return theme, text.replace("weight = 5", "weight = 6", 1).replace("weight = 4", "weight = 5", 1)
