"""Commands that build digests and send them."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import click

from monitor.cli.app import App, answer, json_option, pass_app, print_table
from monitor.vocabulary import DIGEST_STATE_LABELS, DigestState

if TYPE_CHECKING:
    from monitor.jobs.digest import BuildReport, DigestReport

DONE, ATTENTION = 0, 1


def _week(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from datetime import date

    if value is None:
        return None
    found = re.fullmatch(r"(\d{4})-W(\d{1,2})", value.strip(), re.IGNORECASE)
    try:
        if found is None:
            raise ValueError
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError as error:
        raise click.BadParameter("expected a week such as 2026-W27") from error
    return f"{found[1]}-W{int(found[2]):02d}"


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
def digest(
    app: App,
    week: str | None,
    department: tuple[str, ...],
    dry_run: bool,
    corrections: bool,
    preview: bool,
    last_good: bool,
    check: bool,
    as_json: bool,
) -> int:
    """Build the week's mail for every department. Building again changes nothing."""
    from monitor.digest.wording import iso_week
    from monitor.jobs.digest import BuildOptions, build_digests, build_previews
    from monitor.jobs.members import open_installation
    from monitor.jobs.rules import load_rules_in_force

    if check:
        return _check(app, as_json)
    if preview and (dry_run or corrections or week or department):
        raise click.UsageError("--preview goes with no other option")
    if week is not None and week > iso_week(app.now.date()) and not dry_run:
        raise click.BadParameter(f"{week} has not begun; try it with --dry-run", param_hint="--week")
    with open_installation(app.config) as archive:
        rules = load_rules_in_force(archive, app.config, last_good=last_good)
        if preview:
            report = build_previews(app.config, archive, app.now, rules=rules)
        else:
            report = build_digests(
                app.config,
                archive,
                app.now,
                BuildOptions(week=week, departments=department, dry_run=dry_run, corrections_only=corrections),
                rules=rules,
            )
    if as_json:
        answer(
            {
                "week": report.week,
                "digests": [_json(one) for one in report.digests],
                "corrections": [_json(one) for one in report.corrections],
            }
        )
    else:
        _print(report)
    failed = [one for one in report.digests if one.state == "failed"]
    for one in failed:
        click.echo(f"{one.department}: {one.reason}", err=True)
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
    """Return how a department's mail stands."""
    if report.state == "no-recipient" and report.reason:
        return "ingen får mejlen"
    return DIGEST_STATE_LABELS[DigestState(report.state)].command


def _print(report: BuildReport) -> None:
    rows = [(one, "") for one in report.digests] + [(one, "rättelse") for one in report.corrections]
    click.echo(f"Vecka {report.week}")
    print_table(
        ("mottagare", "mejl", "läge", "poster", "ämne"),
        [(one.department, kind or one.kind, _state(one), one.items, one.subject or "") for one, kind in rows],
    )
    for one in report.digests:
        if one.state == "no-recipient" and one.reason:
            click.echo(f"Ingen får mejlen för {one.department}: {one.reason}.")
        if one.file is not None:
            click.echo(str(one.file))


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
    from monitor.jobs.send import send_mails, send_test, stoppable_transport

    if test_address is not None:
        with open_installation(app.config):
            pass  # made before the first mail and the secret, which beside no archive would mean that it is lost
        outcome = send_test(app.config, test_address, app.now)
        if as_json:
            answer({"sent": 1, "failed": 0, "waiting": 0})
        else:
            click.echo(f"Provmejlet är skickat till {test_address}. {outcome.server_reply}".strip())
        return DONE
    with open_installation(app.config) as archive:
        report = send_mails(app.config, archive, app.now, scheduled=scheduled, transport=stoppable_transport())
    if as_json:
        answer({"sent": report.sent, "failed": report.failed, "waiting": report.waiting})
    else:
        click.echo(f"{report.sent} skickade, {report.failed} gick inte fram, {report.waiting} väntar.")
    for problem in report.problems:
        click.echo(problem, err=True)
    return ATTENTION if report.failed or report.troubled or report.problems else DONE
