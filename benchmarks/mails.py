"""Row: a week's digests of many members, built and delivered over SMTP on loopback, beside rendering alone and smtplib alone."""

from __future__ import annotations

import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.archives import filled_archive, settings_text, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import Line, Spent, as_a_command, run_child, server


def measure(inputs: Inputs, quick: bool, *, members: int = 311) -> list[Line]:
    """Measure the row `mails`."""
    members = 1 if quick else members
    with ready_week(inputs, quick) as send:
        spent = send(members)
    found = spent.result
    what = f"a week for {members} members x {found['departments']} departments over SMTP"
    rates = {name: found["mails"] / found[name] for name in ("ours", "rendering", "smtplib")}
    return [
        Line(
            row="mails",
            what=what,
            unit="mails per second",
            value=rates["ours"],
            peer=f"{name} alone",
            peer_value=rates[name],
            bound=0.3 if name == "rendering" else None,
        )
        for name in ("rendering", "smtplib")
    ] + [Line(row="mails", what="peak memory", unit="MB", value=spent.peak / 1e6, better="less", bound=400)]


@contextmanager
def ready_week(inputs: Inputs, quick: bool) -> Iterator[Callable[[int], Spent]]:
    """Yield a function that builds and sends the week of so many members in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, server("smtp") as port:
        base = Path(folder) / "base.db"
        with filled_archive(base, inputs.maker.calls(20 if quick else 600), index=False, match=True) as archive:
            archive.db.execute("PRAGMA journal_mode = DELETE")

        def send(members: int) -> Spent:
            with tempfile.TemporaryDirectory(dir=folder) as homes:
                return run_child("mails:week", base=str(base), folder=homes, members=members, port=port)

        yield send


def week(base: str, folder: str, members: int, port: int) -> Callable[[], dict[str, Any]]:
    """Build and send each member's digests from its own copy of the archive; then send the same mails by smtplib alone."""
    from monitor.archive import copy_archive, open_archive
    from monitor.config import load_config
    from monitor.jobs import digest as digest_job
    from monitor.jobs.digest import build_digests
    from monitor.jobs.send import send_mails
    from monitor.mail.smtp import Smtp

    as_a_command()
    rules = shipped_rules()
    spent = {"ours": 0.0, "rendering": 0.0, "smtplib": 0.0}
    bytes_sent: list[tuple[str, bytes]] = []
    render, deliver = digest_job.render_mail, Smtp.deliver

    def timed_render(templates: Any, selection: Any, *given: Any) -> Any:
        # Working out why something is told is no part of rendering, although it waits until it is shown.
        for item in selection.everything:
            _ = item.candidate.reasons
        begun = time.perf_counter()
        rendered = render(templates, selection, *given)
        spent["rendering"] += time.perf_counter() - begun
        return rendered

    def noted(self: Smtp, message: Any, recipient: str) -> Any:
        bytes_sent.append((recipient, message))
        return deliver(self, message, recipient)

    def send_week(member: int) -> int:
        home = Path(folder) / f"member-{member}"
        (home / "data").mkdir(parents=True)
        recipients = [(department, f"{department}@member{member}.example") for department in rules.departments]
        (home / "monitor.toml").write_text(settings_text(port=port, recipients=recipients), "utf-8")
        config = load_config(home / "monitor.toml")
        with open_archive(Path(base)) as whole:
            copy_archive(whole.db, config.archive)
        with open_archive(config.archive) as archive:
            begun = time.perf_counter()
            build_digests(config, archive, NOW, rules=rules)
            report = send_mails(config, archive, NOW)
            spent["ours"] += time.perf_counter() - begun
        assert report.sent, report
        assert not report.problems, report
        ready = [(recipient, message.as_bytes()) for recipient, message in bytes_sent]
        bytes_sent.clear()
        begun = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port, "localhost") as connection:
            for recipient, content in ready:
                connection.sendmail("eu@example.se", [recipient], content)
        spent["smtplib"] += time.perf_counter() - begun
        config.archive.unlink()
        return report.sent

    def task() -> dict[str, Any]:
        mails = sum(send_week(member) for member in range(members))
        return {**spent, "mails": mails, "departments": len(rules.departments)}

    digest_job.render_mail = timed_render
    Smtp.deliver = noted  # type: ignore[method-assign]
    # What is loaded and made ready once a process is not counted, on neither side.
    send_week(members)
    spent.update(dict.fromkeys(spent, 0.0))
    return task
