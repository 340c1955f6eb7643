"""Dates of a call in order, as the points of the timeline on its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.calls import Call, Precision, next_deadline
from monitor.corrected import correction_time
from monitor.vocabulary import Kind
from monitor.web.framework.request import Visit
from monitor.web.framework.templates import format_days_left, format_moment, format_weekday


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """Date of a call, in the words of the page."""

    when: str
    what: str
    left: str = ""
    """Time until then; "" for a passed date."""
    words: str = ""
    """The publisher's own words for the date."""
    corrected: datetime | None = None
    """Time at which a person corrected the date; None for one as the publisher has it."""
    state: str = ""
    """"passed", "next" (the deadline ahead), "now" (today) or ""."""


def timeline(call: Call, visit: Visit) -> list[TimelinePoint]:
    """Return the dates of a call in order, with today among them if some have passed and some are ahead."""
    points = list(_dates(call, visit))
    if points and points[0][0] < visit.now < max(at for at, _ in points):
        points.append((visit.now, TimelinePoint(visit.say("I dag"), "", state="now")))
    return [point for _, point in sorted(points, key=lambda pair: pair[0])]


def _dates(call: Call, visit: Visit) -> Iterator[tuple[datetime, TimelinePoint]]:
    """Yield the dates of a call: published, opens, deadlines, starts, ends."""
    if call.published:
        yield call.published, _point(call.published, "Publicerad", visit, exact=False)
    if call.opens:
        opens = datetime(call.opens.year, call.opens.month, call.opens.day, tzinfo=visit.site.config.zone)
        point = _point(opens, "Öppnade" if opens < visit.now else "Öppnar", visit, exact=False)
        yield opens, replace(point, corrected=correction_time(call, "opens"))
    yield from _deadlines(call, visit)
    if call.starts:
        yield call.starts, replace(_point(call.starts, "Börjar", visit), corrected=correction_time(call, "starts"))
    if call.ends and call.ends != call.starts:
        yield call.ends, replace(_point(call.ends, "Slutar", visit), corrected=correction_time(call, "ends"))


def _deadlines(call: Call, visit: Visit) -> Iterator[tuple[datetime, TimelinePoint]]:
    upcoming, corrected = next_deadline(call, visit.now), correction_time(call, "deadlines")
    for number, deadline in enumerate(call.deadlines, 1):
        stage = f" {visit.say('steg')} {deadline.stage or number}" if len(call.deadlines) > 1 else ""
        exact = deadline.precision is Precision.MINUTE
        point = _point(deadline.at, "Sista ansökningsdag" if call.kind is Kind.CALL else "Sista dag", visit, exact=exact)
        yield (
            deadline.at,
            TimelinePoint(
                when=f"{visit.say('troligen')} {point.when}" if deadline.year_guessed else point.when,
                what=point.what + stage,
                left=point.left,
                words=deadline.words,
                corrected=corrected,
                state="next" if deadline is upcoming else point.state,
            ),
        )


def _point(at: datetime, what: str, visit: Visit, *, exact: bool = True) -> TimelinePoint:
    """Return a point of the timeline; `exact` shows the time of day, else the weekday."""
    passed = at < visit.now
    return TimelinePoint(
        when=format_moment(at, visit) if exact else format_weekday(at, visit),
        what=visit.say(what),
        left="" if passed else format_days_left(at, visit),
        state="passed" if passed else "",
    )
