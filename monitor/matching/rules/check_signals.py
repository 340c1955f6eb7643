"""Checks of the signals that several themes share."""

from __future__ import annotations

from monitor.matching.rules.files import RuleFiles
from monitor.matching.rules.model import SignalsFile, ThemeFile
from monitor.matching.rules.references import check_concept_ids, check_programmes, check_terms, check_unique
from monitor.paths import SIGNALS


def check_signals(found: RuleFiles) -> None:
    """Add the problems of the shared signals, and a warning for each that no theme names."""
    file = found.get(SIGNALS, SignalsFile)
    if file is None:
        return
    check_unique(found, SIGNALS, "signal", (row.id for row in file.signal), "signal")
    named = {name for theme in found.themes.values() for name in theme.theme.signals}
    for number, row in enumerate(file.signal):
        path = ("signal", number)
        check_terms(found, SIGNALS, (*path, "words"), row.words)
        check_terms(found, SIGNALS, (*path, "needs"), row.needs)
        check_concept_ids(found, SIGNALS, (*path, "concepts"), row.concepts)
        check_concept_ids(found, SIGNALS, (*path, "needs_concepts"), row.needs_concepts)
        check_programmes(found, SIGNALS, (*path, "programme"), row.programme)
        if row.id not in named:
            found.add_warning(SIGNALS, (*path, "id"), f"signal {row.id}: inget tema nämner den i sina signals")


def check_shared(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    """Add the shared signals of a theme that are unknown, weigh nothing, or have the id of a signal of its own."""
    known = found.shared_signals
    for name, weight in theme.theme.signals.items():
        path = ("theme", "signals", name)
        if name not in known:
            problem = f"den gemensamma signalen {name!r} finns inte; {SIGNALS} har {', '.join(sorted(known)) or 'inga'}"
            found.add_problem(file, path, problem)
        elif weight == 0:
            found.add_problem(file, path, f"signal {name}: väntade en vikt: ett heltal från -10 till 10, inte 0")
        if sum(signal.id == name for signal in theme.signal) > (name in known and weight != 0):
            problem = f"signal {name}: temat har redan en egen signal med det namnet; döp om den eller ta bort raden här"
            found.add_problem(file, path, problem)
