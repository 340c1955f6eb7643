"""Checks between rule files and within a theme: known names, terms that can be found, reachable thresholds, examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from monitor.calls import Call, Section
from monitor.language.analyser import analyser
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.matching.compiled import ZONE_NAMES, RuleSet, max_points
from monitor.matching.engine import Judgement, ThemeResult, judge_call
from monitor.matching.rules import lines
from monitor.matching.rules.files import RuleFiles, build
from monitor.matching.rules.model import (
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

MIN_MATCHING, MIN_OTHERS = 3, 2
"""Fewest examples that match, and that do not, of each theme."""


def check_files(found: RuleFiles) -> RuleSet | None:
    """Add every problem to `found`, and return the rule set when there is none."""
    _check_tables(found)
    _check_fit(found)
    seen: dict[str, str] = {}
    for file, theme in found.themes.items():
        _check_head(found, file, theme, seen)
        _check_words(found, file, theme)
        _check_reach(found, file, theme)
        _check_examples(found, file, theme)
    _check_covered(found)
    usable = [theme for file, theme in found.themes.items() if not found.has_errors(file)]
    tables_sound = not any(found.has_errors(file) for file in ("departments.toml", "areas.toml", "programmes.toml", "fit.toml"))
    rules = build(found, usable) if tables_sound else None
    if rules is not None:
        _try_all_examples(found, usable)
    return rules if not found.errors else None


def _check_unique(found: RuleFiles, file: str, table: str, names: Iterable[str | int], what: str) -> None:
    seen: dict[str | int, int] = {}
    for number, name in enumerate(names):
        if name in seen:
            first = lines.line_of(found.places[file], (table, seen[name]))
            found.add_problem(file, (table, number, "id"), f"{what} {name}: id:t är redan taget på rad {first}")
        seen.setdefault(name, number)


def _check_tables(found: RuleFiles) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        _check_unique(found, "departments.toml", "department", (row.id for row in departments.department), "department")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        _check_unique(found, "areas.toml", "area", (row.id for row in areas.area), "area")
        _check_unique(found, "areas.toml", "goal", (row.id for row in areas.goal), "goal")
        _check_unique(found, "areas.toml", "sdg", (row.number for row in areas.sdg), "global goal")
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        file = "programmes.toml"
        _check_unique(found, file, "programme", (row.id for row in programmes.programme), "programme")
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
    _check_terms(found, file, ("place", "ours"), place.ours)
    _check_programmes(found, file, ("place", "programme"), place.programme)
    _check_unique(found, file, "other", (row.id for row in place.other), "place")
    for number, other in enumerate(place.other):
        _check_terms(found, file, ("place", "other", number, "words"), other.words)
    for table, rows in (("offer", fit.offer), ("answer", fit.answer)):
        _check_unique(found, file, table, (row.id for row in rows), table)
        for number, row in enumerate(rows):
            _check_terms(found, file, (table, number, "words"), row.words)
            _check_terms(found, file, (table, number, "unless"), row.unless)
            _check_programmes(found, file, (table, number, "programme"), row.programme)


def _check_terms(found: RuleFiles, file: str, path: lines.Path, words: Sequence[str]) -> bool:
    """Add the terms that no text can ever have; return True when there is none."""
    clean = True
    for number, word in enumerate(words):
        try:
            parse_term(word)
        except ValueError as error:
            found.add_problem(file, (*path, number), f"ordet {word!r} kan aldrig hittas: {error}")
            clean = False
    return clean


def _check_programmes(found: RuleFiles, file: str, path: lines.Path, ids: Sequence[str]) -> None:
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        _check_known(found, file, path, ids, [row.id for row in programmes.programme], "programme", "programmes.toml")


def _check_known(
    found: RuleFiles, file: str, path: lines.Path, names: Sequence[str], known: Sequence[str], what: str, where: str
) -> None:
    for number, name in enumerate(names):
        if name not in known:
            found.add_problem(file, (*path, number), f"{what} {name!r} finns inte; {where} har {', '.join(sorted(known))}")


def _check_head(found: RuleFiles, file: str, theme: ThemeFile, seen: dict[str, str]) -> None:
    head = theme.theme
    if head.id != PurePosixPath(file).stem:
        found.add_problem(file, ("theme", "id"), f"theme {head.id}: väntade filens namn, {PurePosixPath(file).stem}")
    if head.id in seen:
        found.add_problem(file, ("theme", "id"), f"theme {head.id}: id:t är redan taget i {seen[head.id]}")
    seen.setdefault(head.id, file)
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        known = [row.id for row in departments.department]
        _check_known(found, file, ("theme", "departments"), head.departments, known, "department", "departments.toml")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        _check_known(found, file, ("theme", "strategy"), head.strategy, [row.id for row in areas.area], "area", "areas.toml")
        _check_known(found, file, ("theme", "goals"), head.goals, [row.id for row in areas.goal], "goal", "areas.toml")
        numbers = [str(row.number) for row in areas.sdg]
        _check_known(found, file, ("theme", "sdgs"), [str(n) for n in head.sdgs], numbers, "global goal", "areas.toml")
    _check_unique(found, file, "signal", (signal.id for signal in theme.signal), "signal")


def _check_words(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    clean = True
    for table, conditions in (("signal", theme.signal), ("veto", theme.veto)):
        for number, condition in enumerate(conditions):
            clean &= _check_terms(found, file, (table, number, "words"), condition.words)
            _check_programmes(found, file, (table, number, "programme"), condition.programme)
            if isinstance(condition, Signal):
                clean &= _check_terms(found, file, (table, number, "needs"), condition.needs)
    for number, example in enumerate(theme.example):
        if example.programme:
            _check_programmes(found, file, ("example", number, "programme"), (example.programme,))
    if clean:
        _check_doubles(found, file, theme)


def _check_doubles(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    """Add terms that a theme has twice under the same conditions: they would count twice."""
    rows = [
        (word, number, place, signal) for number, signal in enumerate(theme.signal) for place, word in enumerate(signal.words)
    ]
    terms = TermSet([parse_term(word) for word, _, _, _ in rows])
    finds: list[set[int]] = [
        {term for term, _, _ in terms.find(analyser().lemma_text(word.strip("*"), None))} for word, _, _, _ in rows
    ]
    for later, (word, number, place, signal) in enumerate(rows):
        for earlier in range(later):
            other, first_number, _, first = rows[earlier]
            same = later in finds[earlier] and earlier in finds[later] and ("*" in word) == ("*" in other)
            if same and word.count("*") == other.count("*") and word[:1] == other[:1] and _same_conditions(signal, first):
                found.add_problem(
                    file,
                    ("signal", number, "words", place),
                    f"signal {signal.id}: {word!r} är samma ord som {other!r} i signal {theme.signal[first_number].id}",
                )
                break


def _same_conditions(one: Signal, other: Signal) -> bool:
    """Return True when two signals ask for the same besides their terms."""
    # Graded weights (more in the title, less in the text) are no doubles.
    kept = [(set(signal.zones), signal.programme, signal.identifier, signal.needs) for signal in (one, other)]
    return kept[0] == kept[1]


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
    broken = any(file.startswith("themes/") and file not in found.values for file in found.texts)
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
        programme=example.programme,
    )


def _try_all_examples(found: RuleFiles, themes: list[ThemeFile]) -> None:
    # A draft's examples must hold as well, or it could never go live.
    built = build(found, themes)
    if built is not None:
        rules = built.with_drafts
        for file, theme in found.themes.items():
            if not found.has_errors(file):
                _try_examples(found, file, theme, rules)


def _try_examples(found: RuleFiles, file: str, theme: ThemeFile, rules: RuleSet) -> None:
    for number, example in enumerate(theme.example):
        judgement = judge_call(rules, example_call(example))
        result = next((result for result in judgement.results if result.theme.theme.id == theme.theme.id), None)
        if result is not None and result.vetoes and example.match:
            veto, word, _ = result.vetoes[0]
            problem = f"vetot {_veto_name(veto, word)} stoppar temats eget exempel {example.title!r}"
            found.add_problem(file, ("veto", theme.veto.index(veto)), problem)
            continue
        departments = [rules.departments[name] for name in theme.theme.departments]
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
