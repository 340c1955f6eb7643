"""Checks between rule files and within a theme: known names, terms that can be found, reachable thresholds, examples.

Concepts are checked in `monitor.matching.rules.check_concepts`.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from monitor.calls import Call, Section
from monitor.matching.compiled import ZONE_NAMES, RuleSet, document_points, max_points
from monitor.matching.engine import Judgement, ThemeResult, judge_call
from monitor.matching.rules.check_concepts import check_concepts, check_generic
from monitor.matching.rules.check_signals import check_shared, check_signals
from monitor.matching.rules.doubles import check_doubles
from monitor.matching.rules.files import RuleFiles, build
from monitor.matching.rules.model import (
    NORMAL_THRESHOLD,
    SHORT_TITLE,
    AreasFile,
    Department,
    DepartmentsFile,
    Example,
    FitFile,
    ProgrammesFile,
    Signal,
    ThemeFile,
    Veto,
)
from monitor.matching.rules.references import check_concept_ids, check_known, check_programmes, check_terms, check_unique
from monitor.paths import CONCEPTS, GATES, GENERIC, SIGNALS, TABLES, THEMES
from monitor.plan.gates import GatesFile, gate_problems

_MAX_NAMED = 5
"""Generic words that a warning names."""
MIN_MATCHING, MIN_OTHERS = 3, 2
"""Fewest examples that match, and that do not, of each theme."""


def check_files(found: RuleFiles) -> RuleSet | None:
    """Add every problem to `found`, and return the rule set when there is none."""
    _check_tables(found)
    check_concepts(found)
    check_generic(found)
    check_signals(found)
    _check_fit(found)
    _check_gates(found)
    seen: dict[str, str] = {}
    for file, theme in found.themes.items():
        _check_head(found, file, theme, seen)
        _check_words(found, file, theme)
        _check_reach(found, file, theme)
        _check_examples(found, file, theme)
    _check_covered(found)
    usable = [theme for file, theme in found.themes.items() if not found.has_errors(file)]
    shared = (*TABLES, GENERIC, SIGNALS, GATES, *(file for file in found.texts if file.startswith(f"{CONCEPTS}/")))
    tables_sound = not any(found.has_errors(file) for file in shared)
    rules = build(found, usable) if tables_sound else None
    if rules is not None:
        # A draft's examples must hold as well, or it could never go live.
        live = rules.with_drafts
        for file, theme in found.themes.items():
            if not found.has_errors(file):
                _try_examples(found, file, theme, live)
        _warn_of_generic_reach(found, live)
    return rules if not found.errors else None


def _check_tables(found: RuleFiles) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        check_unique(found, "departments.toml", "department", (row.id for row in departments.department), "department")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        check_unique(found, "areas.toml", "area", (row.id for row in areas.area), "area")
        check_unique(found, "areas.toml", "goal", (row.id for row in areas.goal), "goal")
        check_unique(found, "areas.toml", "sdg", (row.number for row in areas.sdg), "global goal")
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        file = "programmes.toml"
        check_unique(found, file, "programme", (row.id for row in programmes.programme), "programme")
        owners: dict[str, str] = {}
        for number, row in enumerate(programmes.programme):
            for code in {name.casefold() for name in (row.id, *row.codes, *row.prefixes)}:
                if owners.setdefault(code, row.id) != row.id:
                    found.add_problem(file, ("programme", number), f"programme {row.id}: {code} betyder redan {owners[code]}")


def _check_fit(found: RuleFiles) -> None:
    file = "fit.toml"
    fit = found.get(file, FitFile)
    if fit is None:
        return
    place = fit.place
    check_terms(found, file, ("place", "ours"), place.ours)
    check_programmes(found, file, ("place", "programme"), place.programme)
    check_unique(found, file, "other", (row.id for row in place.other), "place")
    for number, other in enumerate(place.other):
        check_terms(found, file, ("place", "other", number, "words"), other.words)
    for table, rows in (("offer", fit.offer), ("answer", fit.answer)):
        check_unique(found, file, table, (row.id for row in rows), table)
        for number, row in enumerate(rows):
            check_terms(found, file, (table, number, "words"), row.words)
            check_terms(found, file, (table, number, "unless"), row.unless)
            check_concept_ids(found, file, (table, number, "concepts"), row.concepts)
            check_concept_ids(found, file, (table, number, "unless_concepts"), row.unless_concepts)
            check_programmes(found, file, (table, number, "programme"), row.programme)


def _check_gates(found: RuleFiles) -> None:
    gates = found.get(GATES, GatesFile)
    for place, problem in gate_problems(gates) if gates else ():
        found.add_problem(GATES, place, problem)


def _check_head(found: RuleFiles, file: str, theme: ThemeFile, seen: dict[str, str]) -> None:
    head = theme.theme
    if head.id != PurePosixPath(file).stem:
        found.add_problem(file, ("theme", "id"), f"theme {head.id}: väntade filens namn, {PurePosixPath(file).stem}")
    if head.id in seen:
        found.add_problem(file, ("theme", "id"), f"theme {head.id}: id:t är redan taget i {seen[head.id]}")
    seen.setdefault(head.id, file)
    if len(head.title) > SHORT_TITLE and not head.short:
        # No error: the themes of an installation of an earlier version have no short titles, and must go on.
        found.add_warning(
            file, ("theme", "title"), f"theme {head.id}: {head.title!r} är för långt för mejlets ämnesrad; ge det ett short"
        )
    if head.documents and not any(document_points(theme, signal) for signal in theme.signal):
        problem = (
            f"theme {head.id}: documents = true gör inget, för ingen signal med ord letar i texten; skriv body i någon signals in"
        )
        found.add_problem(file, ("theme", "documents"), problem)
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        known = [row.id for row in departments.department]
        check_known(found, file, ("theme", "departments"), head.departments, known, "department", "departments.toml")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        check_known(found, file, ("theme", "strategy"), head.strategy, [row.id for row in areas.area], "area", "areas.toml")
        check_known(found, file, ("theme", "goals"), head.goals, [row.id for row in areas.goal], "goal", "areas.toml")
        numbers = [str(row.number) for row in areas.sdg]
        check_known(found, file, ("theme", "sdgs"), [str(n) for n in head.sdgs], numbers, "global goal", "areas.toml")
    check_unique(found, file, "signal", (signal.id for signal in theme.own_signals), "signal")
    check_shared(found, file, theme)


def _check_words(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    clean = True
    for table, conditions in (("signal", theme.own_signals), ("veto", theme.veto)):
        for number, condition in enumerate(conditions):
            clean &= check_terms(found, file, (table, number, "words"), condition.words)
            check_programmes(found, file, (table, number, "programme"), condition.programme)
            clean &= check_concept_ids(found, file, (table, number, "concepts"), condition.concepts)
            if isinstance(condition, Signal):
                clean &= check_terms(found, file, (table, number, "needs"), condition.needs)
                clean &= check_concept_ids(found, file, (table, number, "needs_concepts"), condition.needs_concepts)
    for number, example in enumerate(theme.example):
        if example.programme:
            check_programmes(found, file, ("example", number, "programme"), (example.programme,))
    if clean and not any(found.has_errors(name) for name in (SIGNALS, *found.concept_files)):
        check_doubles(found, file, theme)


def _check_reach(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments is None:
        return
    most = sum(max_points(signal) for signal in theme.signal if signal.weight > 0)
    words = any(signal.weight > 0 and not signal.structural for signal in theme.signal)
    for department in departments.department:
        if department.id not in theme.theme.departments:
            continue
        if not words:
            found.add_problem(
                file, ("signal", 0), "ingen signal har både ord och en vikt över 0; ett program räcker aldrig ensamt"
            )
            break
        if most < department.threshold:
            found.add_problem(
                file,
                ("signal", 0),
                f"signalerna kan aldrig nå {department.id}: tillsammans ger de högst {_points(most)} poäng, "
                f"tröskeln är {_points(department.threshold)}",
            )


def _warn_of_generic_reach(found: RuleFiles, live: RuleSet) -> None:
    """Add a warning for each theme whose generic words have the points that its easiest department asks for."""
    for file, theme in found.themes.items():
        number = live.theme_numbers.get(theme.theme.id)
        if number is None:
            continue
        generic: dict[str, None] = {}
        signals, points = [], 0.0
        for place, compiled in enumerate(live.conditions[number]):
            signal = compiled.condition
            if not isinstance(signal, Signal) or signal.weight < 0 or compiled.specific_needs.numbers:
                continue
            terms = [live.term_texts[term] for term in compiled.terms.numbers if term in live.generic_terms]
            if terms:
                signals.append(theme.signal_path(place))
                points += sum(given for given, _ in compiled.fields)
                generic.update(dict.fromkeys(terms))
        threshold = live.lowest_thresholds[number]
        if signals and points >= threshold:
            named = ", ".join([*generic][:_MAX_NAMED]) + (" ..." if len(generic) > _MAX_NAMED else "")
            found.add_warning(
                file,
                signals[0],
                f"allmänna ord ger ensamma {_points(points)} poäng av {_points(threshold)} ({named}); de räcker aldrig utan ett "
                "annat ord, så väg dem lägre eller ta bort dem",
            )


def _check_examples(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    yes = sum(example.match for example in theme.example)
    no = len(theme.example) - yes
    if yes < MIN_MATCHING or no < MIN_OTHERS:
        found.add_problem(
            file,
            ("example",) if theme.example else ("theme",),
            f"väntade minst {MIN_MATCHING} exempel som ska träffa och {MIN_OTHERS} som inte ska det, fann {yes} och {no}",
        )


def _check_covered(found: RuleFiles) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments is None or not found.themes:
        return
    covered = {name for theme in found.themes.values() if theme.theme.state == "live" for name in theme.theme.departments}
    broken = any(file.startswith(f"{THEMES}/") and file not in found.values for file in found.texts)
    for number, department in enumerate(departments.department):
        if department.enabled and department.id not in covered and not broken:
            found.add_problem(
                "departments.toml", ("department", number, "id"), f"department {department.id}: inget tema nämner den"
            )


def example_call(example: Example) -> Call:
    """Return the example as a call, so that it is matched as a real one is."""
    return Call(
        source="example",
        call_id=example.title,
        title=example.title,
        url="",
        identifier=example.identifier,
        summary="",
        sections=(Section(title="", text=example.text),) if example.text else (),
        parent_title=example.context,
        programme=example.programme,
    )


def _try_examples(found: RuleFiles, file: str, theme: ThemeFile, rules: RuleSet) -> None:
    for number, example in enumerate(theme.example):
        judgement = judge_call(rules, example_call(example))
        result = judgement.result_of(theme.theme.id)
        if result is not None and result.vetoes and example.match:
            veto, word, _ = result.vetoes[0]
            problem = f"vetot {_veto_name(veto, word)} stoppar temats eget exempel {example.title!r}"
            found.add_problem(file, ("veto", result.theme.veto.index(veto)), problem)
            continue
        # A department that gets too much may want more points than the examples of a theme have: they show what the theme finds.
        departments = [
            department.model_copy(update={"threshold": min(department.threshold, NORMAL_THRESHOLD)})
            for department in (rules.departments[name] for name in theme.theme.departments)
        ]
        problem = _example_problem(example, judgement, result, departments)
        if problem:
            found.add_problem(file, ("example", number, "match"), f"exemplet {example.title!r} {problem}")


def _example_problem(example: Example, judgement: Judgement, result: ThemeResult | None, departments: list[Department]) -> str:
    """Return what is wrong with an example, to follow its title; "" where the rules do with it as it says."""
    missed = [department for department in departments if result is None or not result.reaches(department)]
    reaches = len(missed) < len(departments)
    points = _points(result.points if result is not None else 0.0)
    if example.match and missed:
        threshold = _points(missed[0].threshold)
        return f"ska träffa {missed[0].id} men gör det inte: {points} av {threshold} poäng{_hit_names(result)}"
    if example.match and judgement.gates.step:
        return f"ska träffa, men fit.toml stoppar det: {judgement.gates.reason}"
    if not example.match and reaches and not judgement.gates.step:
        return f"ska inte träffa, men gör det: {points} poäng{_hit_names(result)}"
    return ""


def _points(points: float) -> str:
    return f"{points:g}".replace(".", ",")


def _veto_name(veto: Veto, word: str) -> str:
    return repr(word or veto.name)


def _hit_names(result: ThemeResult | None) -> str:
    hits = result.hits if result is not None else ()
    named = ", ".join(sorted({f"{hit.signal.id} i {ZONE_NAMES[hit.zone]}" for hit in hits}))
    return f" ({named})" if named else ""
