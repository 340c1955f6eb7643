"""The page that lists the mails of a demo, to open in a browser. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.demo.pages import TEMPLATES


@dataclass(frozen=True, slots=True)
class MailFile:
    """One delivered mail: to which department, and where its two files lie."""

    department: str
    subject: str
    sent: datetime
    eml: Path
    html: Path


def render_index(mails: Iterable[MailFile]) -> str:
    """The list, newest week first; links are relative to the folder of the mails."""
    weeks: dict[str, list[MailFile]] = {}
    for mail in mails:
        year, week, _ = mail.sent.isocalendar()
        weeks.setdefault(f"Vecka {week}, {year}", []).append(mail)
    return TEMPLATES.get_template("mails.html").render(weeks=list(reversed(weeks.items())))
