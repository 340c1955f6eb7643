"""Progress of a department's work with a call: the days on which it counts as interested, applied, granted or refused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from monitor.archive.projects import FollowedProject
from monitor.vocabulary import FollowState

_APPLIED = (FollowState.APPLIES, FollowState.GRANTED, FollowState.REFUSED)
_DECIDED = (FollowState.GRANTED, FollowState.REFUSED)

_Steps = list[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class Progress:
    """Days on which a work reached each count by the end of a period, None where it did not, and its state then."""

    state: str = ""
    """Value of `FollowState`; "" where nothing was noted by then."""
    interested: date | None = None
    applied: date | None = None
    granted: date | None = None
    refused: date | None = None

    def counts(self, begin: date) -> dict[str, date]:
        """Return the day of each count that was reached on or after `begin`, by its name."""
        days = {name: getattr(self, name) for name in ("interested", "applied", "granted", "refused")}
        return {name: day for name, day in days.items() if day is not None and day >= begin}


def progress_of(followed: FollowedProject, last_day: date, zone: tzinfo) -> Progress:
    """Return the progress of a work by the end of `last_day`.

    A later state includes the earlier ones: who was granted money has applied. A decision counts only while it is the latest
    state: a grant that was given up, or noted by mistake, is none. The days that were entered take the place of the days on which
    the states were noted.
    """
    steps = [step for step in _steps(followed, zone) if step[0] <= last_day]
    if not steps:
        return Progress()
    state = steps[-1][1]
    decided = _last_run(steps) if state in _DECIDED else None
    return Progress(
        state=state,
        interested=next((day for day, reached in steps if reached != FollowState.DECLINED), None),
        applied=next((day for day, reached in steps if reached in _APPLIED), None),
        granted=decided if state == FollowState.GRANTED else None,
        refused=decided if state == FollowState.REFUSED else None,
    )


def _steps(followed: FollowedProject, zone: tzinfo) -> _Steps:
    """Return each state with its day, in the order in which they were noted."""
    steps = [(at.astimezone(zone).date(), state) for at, state in followed.states]
    project = followed.project
    if project is not None and project.applied_on is not None:
        first = next((number for number, (_, state) in enumerate(steps) if state in _APPLIED), len(steps))
        if first < len(steps) and steps[first][1] == FollowState.APPLIES:
            steps[first] = (project.applied_on, FollowState.APPLIES)
        else:
            steps.insert(first, (project.applied_on, FollowState.APPLIES))
    if project is not None and project.decided_on is not None and (last := _last_decision(steps)) is not None:
        steps[last] = (project.decided_on, steps[last][1])
    # A state that was noted late is no later than the one after it.
    for number in range(len(steps) - 2, -1, -1):
        steps[number] = (min(steps[number][0], steps[number + 1][0]), steps[number][1])
    return steps


def _last_decision(steps: _Steps) -> int | None:
    return next((number for number in range(len(steps) - 1, -1, -1) if steps[number][1] in _DECIDED), None)


def _last_run(steps: Sequence[tuple[date, str]]) -> date:
    """Return the day on which the last state was reached; it may have been noted several times since."""
    day, state = steps[-1]
    for earlier, reached in reversed(steps):
        if reached != state:
            break
        day = earlier
    return day
