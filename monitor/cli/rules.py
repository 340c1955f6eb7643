"""Commands about rules: match, why, rules and feedback."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, PathType, answer, json_option, pass_app, print_page_hits, print_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from monitor.errors import RuleError
    from monitor.jobs.rules import CheckReport
    from monitor.matching.compare import DepartmentChange
    from monitor.matching.explain import Why

FOLDER = PathType(exists=True, file_okay=False)
_MAX_SHOWN = 20
"""Calls of one department that `rules compare` lists."""


@click.command()
@click.option("--last-good", is_flag=True, help="Where the rules are wrong, match with the last good ones; exit code 1.")
@json_option
@pass_app
def match(app: App, last_good: bool, as_json: bool) -> int:
    """Match the archive with the rules as they are now."""
    from monitor.archive import lock
    from monitor.jobs.match import match_archive
    from monitor.jobs.members import open_installation, refuse_member
    from monitor.jobs.planned import keep_planned
    from monitor.jobs.rules import load_folder, load_or_last
    from monitor.jobs.seasons import keep_promises

    if not app.config.rules.dir:
        refuse_member(app.config, "matchning med de gemensamma reglerna")
    # Read before the lock is taken: wrong rules are reported at once.
    loaded = None if last_good else load_folder(app.config)
    with lock(app.config.data_dir), open_installation(app.config) as archive:
        rules, errors = (loaded, ()) if loaded else load_or_last(archive, app.config.rules_dir)
        report = match_archive(archive, rules, app.now)
        keep_promises(app.config, archive, rules, app.now)
        keep_planned(app.config, archive, lambda: rules, app.now)
    for error in errors:
        app.console.print(str(error), markup=False)
    if as_json:
        answer(asdict(report))
        return int(bool(errors))
    print_table(
        ("Förvaltning", "Utlysningar"), [(rules.departments[name].name, number) for name, number in report.departments.items()]
    )
    click.echo(f"{report.calls} lästa, {report.matches} träffar, {report.seconds:.1f} s, regler {rules.version}")
    return int(bool(errors))


@click.command()
@click.argument("call")
@click.option("--department", metavar="ID", help="Only this department.")
@json_option
@pass_app
def why(app: App, call: str, department: str | None, as_json: bool) -> None:
    """Explain to whom a call went and why, or at which step it fell out. CALL is a title, an identifier, a key or an address."""
    from monitor.jobs.match import explain_call
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import load_rules_in_force

    with open_installation(app.config) as archive:
        rules = load_rules_in_force(archive, app.config, last_good=False)
        explanations = explain_call(archive, rules, app.config, call, department, app.now)
    if as_json:
        documents = [asdict(item) for item in explanations]
        answer(documents[0] if department else {"call": call, "departments": documents})
        return
    if explanations and explanations[0].step in _ADVICE:
        click.echo(f"{explanations[0].text} {_ADVICE[explanations[0].step]}")
        return
    shown = [item for item in explanations if department or item.step in ("matched", "told") or item.points > 0]
    for item in shown:
        _print_why(item)
    if not shown:
        _print_nobody(explanations)


_ADVICE = {
    "not-in-archive": "Se vilka källor som läses med: monitor sources",
    "left-out": "Se den, och ta tillbaka den om det var fel, med: monitor sources left-out",
}


def _print_nobody(explanations: Sequence[Why]) -> None:
    """Say why a call that no theme has words for goes to nobody: each reason once, with the number of departments."""
    click.echo("Den går inte till någon förvaltning, och inget tema har ord som står i den.")
    reasons = Counter(item.text for item in explanations)
    for text, number in reasons.most_common():
        click.echo(f"  {text} ({number} förvaltningar)" if number > 1 else f"  {text}")


def _print_why(item: Why) -> None:
    from monitor.matching.compiled import ZONE_NAMES

    click.echo(click.style(item.name, bold=True) + f": {item.text}")
    if item.level:
        click.echo(f"  Träff: {item.level}, relevans {item.relevance} av 100, passar {item.fit} av 100 ({item.answer})")
    # The points of a general word count, so that they add up, but no word of that kind is a reason.
    rows = [
        (
            e.theme,
            e.signal,
            f"{e.found} (allmänt ord)" if e.generic else e.found,
            e.named_place or ZONE_NAMES[e.zone],
            f"{e.points:g}",
        )
        for e in item.evidence
    ]
    if rows:
        print_table(("Tema", "Signal", "Ord", "Var", "Poäng"), rows)
    click.echo(f"  Regler: {item.rule_version}")


@click.group(name="rules")
def rules_group() -> None:
    """Check, try, compare and measure the rules."""


@rules_group.command()
@click.option("--details", is_flag=True, help="Name the concepts that no theme uses, and their terms that no call has.")
@json_option
@pass_app
def check(app: App, details: bool, as_json: bool) -> int:
    """List all errors and warnings of all rule files, each with its line; runs the examples. Exit code 1 for an error."""
    from monitor.jobs.rules import check_installation

    report = check_installation(app.config)
    if as_json:
        plain = {name: getattr(report, name) for name in report.__slots__ if name not in ("errors", "warnings")}
        answer({**plain, "errors": _problems(report.errors), "warnings": _problems(report.warnings)})
    else:
        _print_check(report, details=details)
    return int(bool(report.errors))


def _problems(errors: Iterable[RuleError]) -> list[dict[str, Any]]:
    return [{"file": error.file, "line": error.line, "problem": error.problem} for error in errors]


def _print_check(report: CheckReport, *, details: bool) -> None:
    for warning in report.warnings:
        click.echo(f"Varning: {warning}")
    for error in report.errors:
        click.echo(str(error))
    count = len(report.errors)
    done = f"{count} fel" if count else f"Inga fel. Regler {report.version}"
    number = len(report.warnings)
    warned = f" {number} varning{'ar' if number > 1 else ''}." if number else ""
    click.echo(f"{done}: {report.themes} teman, {report.concepts} begrepp, {report.examples} exempel.{warned}")
    missing = report.terms_not_found or {}
    if details:
        if report.unused_concepts:
            click.echo(f"Begrepp som inget tema nämner: {', '.join(report.unused_concepts)}")
        for concept, terms in missing.items():
            click.echo(f"Finns inte i arkivet, {concept}: {', '.join(terms)}")
    elif report.unused_concepts or missing:
        words = f" {sum(map(len, missing.values()))} av begreppens ord finns inte i arkivet." if missing else ""
        named = len(report.unused_concepts)
        click.echo(f"{named} begrepp nämns inte i något tema (sökningen använder alla).{words} Se vilka med --details.")


@rules_group.command(name="test-term")
@click.argument("term")
@click.argument("text")
@json_option
def test_term(term: str, text: str, as_json: bool) -> None:
    """Test whether TERM, written as in a rule, matches TEXT."""
    from monitor.jobs.rules import test_term as find_term

    hits = find_term(term, text)
    if as_json:
        answer({"match": bool(hits), "hits": hits})
    elif hits:
        click.echo("Ja: " + ", ".join(f"”{hit['text']}” ({hit['start']}-{hit['end']})" for hit in hits))
    else:
        click.echo("Nej.")


@rules_group.command()
@click.argument("terms", nargs=-1)
@click.option("--theme", metavar="ID", default="", help="The words of this theme that speak for it.")
@click.option("--concept", metavar="ID", default="", help="The words of this concept.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200), help="How many pages to show.")
@json_option
@pass_app
def pages(app: App, terms: tuple[str, ...], theme: str, concept: str, limit: int, as_json: bool) -> None:
    """List the pages of calls' documents that have one of TERMS, written as in a rule, or the words of a theme or a concept."""
    from monitor.documents.kept import page_hit_json
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import find_pages, load_rules_in_force

    with open_installation(app.config) as archive:
        rules = load_rules_in_force(archive, app.config, last_good=True)
        found = find_pages(archive, rules, terms, theme, concept, limit=limit)
    if as_json:
        hits = [page_hit_json(page) for page in found.pages]
        answer({"total": found.total, "documents": found.documents, "pages": hits})
        return
    print_page_hits(found.pages)
    shown = f", {len(found.pages)} visas" if found.total > len(found.pages) else ""
    click.echo(f"{found.total} {'sida' if found.total == 1 else 'sidor'} i {found.documents} dokument{shown}")


@rules_group.command(name="try")
@click.argument("file", type=click.File(encoding="utf-8"))
@json_option
@pass_app
def try_(app: App, file: Any, as_json: bool) -> None:
    """Show which departments would get a text, and why. FILE, or - for standard input; the first line is the title."""
    from monitor.jobs.rules import load_folder, try_text
    from monitor.matching.compiled import ZONE_NAMES

    rules = load_folder(app.config)
    outcome = try_text(rules, file.read())
    if as_json:
        answer(outcome)
        return
    fit = outcome["fit"]
    click.echo(f"Kan kommunen söka: {fit['answer']}. {fit['reason']}")
    if not outcome["departments"]:
        click.echo("Texten går inte till någon.")
    for row in outcome["departments"]:
        name = rules.departments[row["department"]].name
        click.echo(click.style(name, bold=True) + f": {row['level']}, relevans {row['relevance']}")
        print_table(
            ("Tema", "Signal", "Ord", "Var", "Poäng"),
            [(e["theme"], e["signal"], e["found"], ZONE_NAMES[e["zone"]], f"{e['points']:g}") for e in row["evidence"]],
        )


@rules_group.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("other", metavar="[DIR2]", type=FOLDER, required=False)
@json_option
@pass_app
def compare(app: App, folder: Path, other: Path | None, as_json: bool) -> None:
    """Compare DIR with the rules in force, or DIR2 with DIR: calls gained, lost and unchanged per department."""
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import compare_folders, comparison_json

    old, new = (app.config.rules_dir, folder) if other is None else (folder, other)
    with open_installation(app.config) as archive:
        comparison, seconds = compare_folders(archive, old, new)
    if as_json:
        answer(comparison_json(comparison, seconds))
        return
    print_table(
        ("Förvaltning", "Får till", "Förlorar", "Samma"),
        [(name, len(c.gained), len(c.lost), c.unchanged) for name, c in comparison.departments.items()],
    )
    for name, change in comparison.departments.items():
        _print_change(name, change)
    click.echo(f"{comparison.calls} lästa, {seconds:.1f} s, regler {comparison.old} mot {comparison.new}")


def _print_change(name: str, change: DepartmentChange) -> None:
    for label, items in (("får till", change.gained), ("förlorar", change.lost)):
        if items:
            click.echo(click.style(f"{name} {label}", bold=True))
            print_table(("Utlysning", "Skillnad"), [(item.title[:80], "; ".join(item.because)) for item in items[:_MAX_SHOWN]])
            if len(items) > _MAX_SHOWN:
                click.echo(f"  och {len(items) - _MAX_SHOWN} till (se --json)")


@rules_group.command()
@click.argument("file", type=PathType(exists=True, dir_okay=False))
@json_option
@pass_app
def evaluate(app: App, file: Path, as_json: bool) -> None:
    """Score the rules against labelled texts: one JSON object per line."""
    from monitor.jobs.rules import evaluate_file, load_folder

    outcome = evaluate_file(load_folder(app.config), file).as_json()
    if as_json:
        answer(outcome)
        return
    print_table(
        ("Förvaltning", "Rätt", "Fel", "Missade", "Precision", "Täckning", "F1"),
        [
            (name, row["tp"], row["fp"], row["fn"], f"{row['precision']:.2f}", f"{row['recall']:.2f}", f"{row['f1']:.2f}")
            for name, row in outcome["departments"].items()
        ],
    )
    micro, fit = outcome["micro"], outcome["fit"]
    click.echo(
        f"{outcome['items']} texter: precision {micro['precision']:.2f}, täckning {micro['recall']:.2f}, F1 {micro['f1']:.2f}. "
        f"Kan kommunen söka: {fit['right']} rätt, {fit['wrong']} fel, {fit['unread']} står inte."
    )


@rules_group.command()
@json_option
@pass_app
def report(app: App, as_json: bool) -> None:
    """Count each signal over the archive: hits, hits alone, decisive hits, hits not wanted; dead, broad, overlapping."""
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import load_rules_in_force, report_archive

    with open_installation(app.config) as archive:
        rules = load_rules_in_force(archive, app.config, last_good=False)
        outcome = report_archive(archive, rules)
    if as_json:
        answer(asdict(outcome))
        return
    print_table(
        ("Tema", "Signal", "Vikt", "Träffar", "Ensam", "Avgör", "Inte för oss"),
        [(r.theme, r.signal, r.weight, r.hits, r.alone, r.decisive, r.unwanted) for r in outcome.signals if r.hits],
    )
    click.echo(f"{outcome.calls} lästa.")
    for label, names in (("Träffar aldrig", outcome.dead), ("För breda", outcome.broad)):
        click.echo(f"{label}: {', '.join(names) or 'inga'}")
    for first, second, share in outcome.overlapping:
        click.echo(f"Säger samma sak: {first} och {second} ({share:.0%})")


@click.command()
@click.option("--example", type=int, metavar="ID", help="Make the answer with this number an example of its theme.")
@click.option("--theme", metavar="ID", help="The theme that gets the example; else the one that sent the call.")
@json_option
@pass_app
def feedback(app: App, example: int | None, theme: str | None, as_json: bool) -> int:
    """List the answers of departments, or turn one into an example that the rules must honour."""
    from monitor.archive import lock
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import list_answers, make_example

    if example is None:
        with open_installation(app.config) as archive:
            answers = list_answers(archive)
        if as_json:
            answer({"answers": [asdict(item) for item in answers]})
        else:
            print_table(
                ("Nr", "När", "Förvaltning", "Svar", "Utlysning", "Exempel i"),
                [(a.id, a.at.date(), a.department, a.answer, a.title[:70], a.theme) for a in answers],
            )
        return 0
    with lock(app.config.data_dir), open_installation(app.config) as archive:
        path, errors = make_example(archive, app.config, example, theme, app.now)
    if as_json:
        answer({"file": str(path), "errors": _problems(errors)})
    else:
        click.echo(f"Exemplet står sist i {path}.")
        for error in errors:
            click.echo(str(error))
        click.echo("Ändra temat tills rules check är nöjd." if errors else "Reglerna stämmer redan med svaret.")
    return int(bool(errors))
