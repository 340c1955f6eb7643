"""The steps of a plan as calendar entries (iCalendar, RFC 5545): whole days, with stable UIDs, so that a new file moves them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from monitor.plan.steps import StepVerdict
from monitor.web.plan.facts import CallPlan
from monitor.web.plan.text import PlanText

_ALARM = timedelta(days=-7, hours=9)
"""Time of a reminder before a day begins: a week before, at nine in the morning."""


def plan_calendar(found: CallPlan, text: PlanText, address: str, now: datetime) -> bytes:
    """Return a calendar with one entry for each open step that has a day and can still be made.

    Args:
        found: The plan.
        text: The same plan in words.
        address: Address of the plan's page, named in each entry.
        now: Time of the file. A later file has a higher SEQUENCE (RFC 5545, section 3.8.7.4), so that it wins.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//eu-monitor//SV")
    calendar.add("version", "2.0")
    host = urlsplit(address).hostname or "eu-monitor"
    owner = found.department.id if found.department is not None else "alla"
    for step, words in zip(found.plan.steps, text.steps, strict=True):
        # The last day stays in the calendar though the plan does not reach it: it can be decided to go ahead all the same.
        is_lost = step.verdict is StepVerdict.IMPOSSIBLE and step is not found.plan.steps[-1]
        if not step.is_open or step.due is None or is_lost or step.due < found.plan.today:
            continue
        event = Event()
        event.add("uid", f"plan-{found.call.key.short}-{owner}-{step.id}@{host}")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("sequence", int(now.timestamp()) // 60)
        event.add("dtstart", step.due)
        event.add("summary", f"{words.title}: {text.title}")
        event.add("description", "\n".join(part for part in (words.when, words.body, *words.notes, address) if part))
        event.add("url", address)
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", words.title)
        alarm.add("trigger", _ALARM)
        event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
