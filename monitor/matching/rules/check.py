"""What must hold between rule files and within a theme: known names, visible words, reachable thresholds, examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from monitor.calls import Call, Section
from monitor.language.analyser import analyser
from monitor.language.terms import parse_term
from monitor.language.termset import TermSet
from monitor.matching.compiled import ZONE_NAMES, RuleSet, max_points
from monitor.matching.engine import ThemeResult, judge_call
from monitor.matching.rules import lines
from monitor.matching.rules.files import RuleFiles, build
from monitor.matching.rules.model import (
    AreasFile,
    DepartmentsFile,
    Example,
    FitFile,
    ProgrammesFile,
    Signal,
    ThemeFile,
    Veto,
)

MATCHING, OTHERS = 3, 2
"""How many examples that match, and that do not, each theme needs."""


def check_files(found: RuleFiles) -> RuleSet | None:
    """Add every problem to `found`; gives the rule set when there is none."""
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


def _unique(found: RuleFiles, file: str, table: str, names: Iterable[str | int], what: str) -> None:
    seen: dict[str | int, int] = {}
    for number, name in enumerate(names):
        if name in seen:
            first = lines.line_of(found.places[file], (table, seen[name]))
            found.problem(file, (table, number, "id"), f"{what} {name}: id:t är redan taget på rad {first}")
        seen.setdefault(name, number)


def _check_tables(found: RuleFiles) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        _unique(found, "departments.toml", "department", (row.id for row in departments.department), "department")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        _unique(found, "areas.toml", "area", (row.id for row in areas.area), "area")
        _unique(found, "areas.toml", "goal", (row.id for row in areas.goal), "goal")
        _unique(found, "areas.toml", "sdg", (row.number for row in areas.sdg), "global goal")
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        file = "programmes.toml"
        _unique(found, file, "programme", (row.id for row in programmes.programme), "programme")
        owners: dict[str, str] = {}
        for number, row in enumerate(programmes.programme):
            for code in {name.casefold() for name in (row.id, *row.codes, *row.prefixes)}:
                if owners.setdefault(code, row.id) != row.id:
                    found.problem(file, ("programme", number), f"programme {row.id}: {code} betyder redan {owners[code]}")


def _check_fit(found: RuleFiles) -> None:
    file = "fit.toml"
    fit = found.get(file, FitFile)
    if fit is None:
        return
    place = fit.place
    _see(found, file, ("place", "ours"), place.ours)
    _programmes(found, file, ("place", "programme"), place.programme)
    _unique(found, file, "other", (row.id for row in place.other), "place")
    for number, other in enumerate(place.other):
        _see(found, file, ("place", "other", number, "words"), other.words)
    for table, rows in (("offer", fit.offer), ("answer", fit.answer)):
        _unique(found, file, table, (row.id for row in rows), table)
        for number, row in enumerate(rows):
            _see(found, file, (table, number, "words"), row.words)
            _see(found, file, (table, number, "unless"), row.unless)
            _programmes(found, file, (table, number, "programme"), row.programme)


def _see(found: RuleFiles, file: str, path: lines.Path, words: Sequence[str]) -> bool:
    """Note the words that the analyser cannot see; True when it sees them all."""
    clean = True
    for number, word in enumerate(words):
        try:
            parse_term(word)
        except ValueError as error:
            found.problem(file, (*path, number), f"ordet {word!r} kan aldrig hittas: {error}")
            clean = False
    return clean


def _programmes(found: RuleFiles, file: str, path: lines.Path, ids: Sequence[str]) -> None:
    programmes = found.get("programmes.toml", ProgrammesFile)
    if programmes:
        _known(found, file, path, ids, [row.id for row in programmes.programme], "programme", "programmes.toml")


def _known(
    found: RuleFiles, file: str, path: lines.Path, names: Sequence[str], known: Sequence[str], what: str, where: str
) -> None:
    for number, name in enumerate(names):
        if name not in known:
            found.problem(file, (*path, number), f"{what} {name!r} finns inte; {where} har {', '.join(sorted(known))}")


def _check_head(found: RuleFiles, file: str, theme: ThemeFile, seen: dict[str, str]) -> None:
    head = theme.theme
    if head.id != PurePosixPath(file).stem:
        found.problem(file, ("theme", "id"), f"theme {head.id}: väntade filens namn, {PurePosixPath(file).stem}")
    if head.id in seen:
        found.problem(file, ("theme", "id"), f"theme {head.id}: id:t är redan taget i {seen[head.id]}")
    seen.setdefault(head.id, file)
    departments = found.get("departments.toml", DepartmentsFile)
    if departments:
        known = [row.id for row in departments.department]
        _known(found, file, ("theme", "departments"), head.departments, known, "department", "departments.toml")
    areas = found.get("areas.toml", AreasFile)
    if areas:
        _known(found, file, ("theme", "strategy"), head.strategy, [row.id for row in areas.area], "area", "areas.toml")
        _known(found, file, ("theme", "goals"), head.goals, [row.id for row in areas.goal], "goal", "areas.toml")
        numbers = [str(row.number) for row in areas.sdg]
        _known(found, file, ("theme", "sdgs"), [str(n) for n in head.sdgs], numbers, "global goal", "areas.toml")
    _unique(found, file, "signal", (signal.id for signal in theme.signal), "signal")


def _check_words(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    clean = True
    for table, conditions in (("signal", theme.signal), ("veto", theme.veto)):
        for number, condition in enumerate(conditions):
            clean &= _see(found, file, (table, number, "words"), condition.words)
            _programmes(found, file, (table, number, "programme"), condition.programme)
            if isinstance(condition, Signal):
                clean &= _see(found, file, (table, number, "needs"), condition.needs)
    for number, example in enumerate(theme.example):
        if example.programme:
            _programmes(found, file, ("example", number, "programme"), (example.programme,))
    if clean:
        _check_doubles(found, file, theme)


def _check_doubles(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    """The same word twice under the same conditions would count twice, or is a slip of the pen."""
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
            if same and word.count("*") == other.count("*") and word[:1] == other[:1] and _overlap(signal, first):
                found.problem(
                    file,
                    ("signal", number, "words", place),
                    f"signal {signal.id}: {word!r} är samma ord som {other!r} i signal {theme.signal[first_number].id}",
                )
                break


def _overlap(one: Signal, other: Signal) -> bool:
    """Graded weights (more in the title, less in the text) are no doubles; the same conditions twice are."""
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
            found.problem(file, ("signal", 0), "ingen signal har både ord och en vikt över 0; ett program räcker aldrig ensamt")
            break
        if most < department.threshold:
            found.problem(
                file,
                ("signal", 0),
                f"signalerna kan aldrig nå {department.id}: tillsammans ger de högst {_points(most)} poäng, "
                f"tröskeln är {_points(department.threshold)}",
            )


def _check_examples(found: RuleFiles, file: str, theme: ThemeFile) -> None:
    yes = sum(example.match for example in theme.example)
    no = len(theme.example) - yes
    if yes < MATCHING or no < OTHERS:
        found.problem(
            file,
            ("example",) if theme.example else ("theme",),
            f"väntade minst {MATCHING} exempel som ska träffa och {OTHERS} som inte ska det, fann {yes} och {no}",
        )


def _check_covered(found: RuleFiles) -> None:
    departments = found.get("departments.toml", DepartmentsFile)
    if departments is None or not found.themes:
        return
    covered = {name for theme in found.themes.values() if theme.theme.state == "live" for name in theme.theme.departments}
    broken = any(file.startswith("themes/") and file not in found.values for file in found.texts)
    for number, department in enumerate(departments.department):
        if department.enabled and department.id not in covered and not broken:
            found.problem("departments.toml", ("department", number, "id"), f"department {department.id}: inget tema nämner den")


def example_call(example: Example) -> Call:
    """The example as a call, so that it goes the same way as a real one."""
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
        path = ("example", number, "match")
        call = example_call(example)
        judgement = judge_call(rules, call)
        result = next((result for result in judgement.results if result.theme.theme.id == theme.theme.id), None)
        named = f"exemplet {example.title!r}"
        if result is not None and result.vetoes and example.match:
            veto, word, _ = result.vetoes[0]
            place = theme.veto.index(veto)
            found.problem(file, ("veto", place), f"vetot {_veto_name(veto, word)} stoppar temats eget exempel {example.title!r}")
            continue
        departments = [rules.departments[name] for name in theme.theme.departments]
        reached = [result is not None and result.reaches(department) for department in departments]
        stopped = judgement.gates.step if any(reached) else ""
        points = result.points if result is not None else 0.0
        if example.match and not all(reached):
            missed = next(d for d, ok in zip(departments, reached, strict=True) if not ok)
            found.problem(
                file,
                path,
                f"{named} ska träffa {missed.id} men gör det inte: {_points(points)} av {_points(missed.threshold)} poäng{_seen(result)}",
            )
        elif example.match and stopped:
            found.problem(file, path, f"{named} ska träffa, men fit.toml stoppar det: {judgement.gates.reason}")
        elif not example.match and any(reached) and not stopped:
            found.problem(file, path, f"{named} ska inte träffa, men gör det: {_points(points)} poäng{_seen(result)}")


def _points(points: float) -> str:
    return f"{points:g}".replace(".", ",")


def _veto_name(veto: Veto, word: str) -> str:
    return repr(word or veto.name)


def _seen(result: ThemeResult | None) -> str:
    hits = result.hits if result is not None else ()
    named = ", ".join(sorted({f"{hit.signal.id} i {ZONE_NAMES[hit.zone]}" for hit in hits}))
    return f" ({named})" if named else ""
