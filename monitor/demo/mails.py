"""Render the page that lists the mails of a demo. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.demo.pages import TEMPLATES


@dataclass(frozen=True, slots=True)
class MailFile:
    """Delivered mail of a department: the mail file, and its HTML part as a page."""

    department: str
    subject: str
    sent: datetime
    eml: Path
    html: Path


def render_index(mails: Iterable[MailFile]) -> str:
    """Return the list as a page, newest week first; links are relative to the folder of the mails."""
    weeks: dict[str, list[MailFile]] = {}
    for mail in mails:
        year, week, _ = mail.sent.isocalendar()
        weeks.setdefault(f"Vecka {week}, {year}", []).append(mail)
    return TEMPLATES.get_template("mails.html").render(weeks=list(reversed(weeks.items())))
