"""Commands that build digests and send them."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.app import App, answer, json_option, pass_app, print_table
from monitor.vocabulary import DIGEST_STATE_LABELS, DigestState

if TYPE_CHECKING:
    from monitor.archive import Archive
    from monitor.jobs.digest_report import BuildReport, DigestReport
    from monitor.matching.compiled import RuleSet

DONE, ATTENTION = 0, 1


def _week(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from datetime import date

    if value is None:
        return None
    parts = re.fullmatch(r"(\d{4})-W(\d{1,2})", value.strip(), re.IGNORECASE)
    try:
        if parts is None:
            raise ValueError
        date.fromisocalendar(int(parts[1]), int(parts[2]), 1)
    except ValueError as error:
        raise click.BadParameter("expected a week such as 2026-W27") from error
    return f"{parts[1]}-W{int(parts[2]):02d}"


@dataclasses.dataclass(frozen=True)
class DigestOptions:
    """Options of `monitor digest` that decide which mails are built."""

    week: str | None
    """Week as 2026-W27; None for the present one."""
    department: tuple[str, ...]
    """Ids of departments; empty for all."""
    dry_run: bool
    corrections: bool
    last_good: bool

    def refuse_contradictions(self, app: App, preview: bool) -> None:
        """Raise click's UsageError for options that exclude each other, and for a week that has not begun."""
        from monitor.digest.wording import iso_week

        if preview and (self.dry_run or self.corrections or self.week or self.department):
            raise click.UsageError("--preview goes with no other option")
        if self.week is not None and self.week > iso_week(app.now.date()) and not self.dry_run:
            raise click.BadParameter(f"{self.week} has not begun; try it with --dry-run", param_hint="--week")

    def build(self, app: App, archive: Archive, rules: RuleSet) -> BuildReport:
        """Build the mails and return the report."""
        from monitor.jobs.digest import build_digests
        from monitor.jobs.digest_report import BuildOptions

        options = BuildOptions(
            week=self.week, departments=self.department, dry_run=self.dry_run, corrections_only=self.corrections
        )
        return build_digests(app.config, archive, app.now, options, rules=rules)


@click.command()
@click.option("--week", callback=_week, metavar="2026-W27", help="The week to build; else the present one.")
@click.option("--department", multiple=True, metavar="ID", help="Only this department; may be given more than once.")
@click.option("--dry-run", is_flag=True, help="Change nothing; write the mails to preview/ in the data folder to look at.")
@click.option("--corrections", is_flag=True, help="Only corrections that cannot wait for the week's mail.")
@click.option("--preview", is_flag=True, help="Only the coordinator's copies of tomorrow's mails (setting digest.preview).")
@click.option("--last-good", is_flag=True, help="Where the rules are wrong, go on with the last good ones.")
@click.option("--check", is_flag=True, help="Only fill every template with sample data and say what does not work.")
@json_option
@pass_app
def digest(app: App, /, check: bool, preview: bool, as_json: bool, **chosen: Any) -> int:
    """Build the week's mail for every department. Building again changes nothing."""
    from monitor.jobs.digest import build_previews
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import load_rules_in_force

    options = DigestOptions(**chosen)
    if check:
        return _check(app, as_json)
    options.refuse_contradictions(app, preview)
    with open_installation(app.config) as archive:
        rules = load_rules_in_force(archive, app.config, last_good=options.last_good)
        report = build_previews(app.config, archive, app.now, rules=rules) if preview else options.build(app, archive, rules)
    if as_json:
        digests, corrections = ([_json(row) for row in rows] for rows in (report.digests, report.corrections))
        answer({"week": report.week, "digests": digests, "corrections": corrections})
    else:
        _print(report)
    failed = [row for row in report.digests if row.state == DigestState.FAILED]
    for row in failed:
        click.echo(f"{row.department}: {row.reason}", err=True)
    return ATTENTION if failed else DONE


def _check(app: App, as_json: bool) -> int:
    from monitor.digest.check import check_templates

    problems = check_templates(app.config.digests_dirs)
    if as_json:
        answer({"problems": problems})
    else:
        for problem in problems:
            click.echo(problem, err=True)
        click.echo("Alla mallar fungerar." if not problems else f"{len(problems)} fel i mallarna.")
    return ATTENTION if problems else DONE


def _json(report: DigestReport) -> dict[str, object]:
    values = dataclasses.asdict(report)
    return {name: value for name, value in values.items() if value not in ("", None)}


def _state(report: DigestReport) -> str:
    """Return the label of the state of a department's mail."""
    if report.state == "no-recipient" and report.reason:
        return "ingen får mejlen"
    return DIGEST_STATE_LABELS[DigestState(report.state)].command


def _print(report: BuildReport) -> None:
    rows = [(row, "") for row in report.digests] + [(row, "rättelse") for row in report.corrections]
    click.echo(f"Vecka {report.week}")
    print_table(
        ("mottagare", "mejl", "läge", "poster", "ämne"),
        [(row.department, kind or row.kind, _state(row), row.items, row.subject or "") for row, kind in rows],
    )
    for row in report.digests:
        if row.state in ("no-recipient", "silent") and row.reason:
            click.echo(f"Ingen får mejlen för {row.department}: {row.reason}.")
        if row.file is not None:
            click.echo(str(row.file))


@click.command()
@click.option("--scheduled", is_flag=True, help="Leave alone what failed a moment ago: for the scheduler.")
@click.option(
    "--test", "test_address", metavar="ADDRESS", help="Send a sample of the weekly mail to this address and nothing else."
)
@json_option
@pass_app
def send(app: App, scheduled: bool, test_address: str | None, as_json: bool) -> int:
    """Deliver what waits in the outbox."""
    from monitor.jobs.members import open_installation
    from monitor.jobs.send import send_mails, send_test, stop_on_signal

    if test_address is not None:
        with open_installation(app.config):
            # The archive is made before the first mail and the secret: beside no archive they would mean that it is lost.
            pass
        outcome = send_test(app.config, test_address, app.now)
        if as_json:
            answer({"sent": 1, "failed": 0, "waiting": 0})
        else:
            click.echo(f"Provmejlet är skickat till {test_address}. {outcome.server_reply}".strip())
        return DONE
    with open_installation(app.config) as archive:
        report = send_mails(app.config, archive, app.now, scheduled=scheduled, stop=stop_on_signal())
    if as_json:
        answer({"sent": report.sent, "failed": report.failed, "waiting": report.waiting})
    else:
        click.echo(f"{report.sent} skickade, {report.failed} gick inte fram, {report.waiting} väntar.")
    for problem in report.problems:
        click.echo(problem, err=True)
    return ATTENTION if report.failed or report.troubled or report.problems else DONE
