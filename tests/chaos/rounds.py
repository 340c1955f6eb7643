"""Rounds of one fault each: the job meets it, the archive is whole, the next run completes the work, and all is counted."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.chaos.child import Seams
from tests.chaos.faults import CLOCK, KILLED, SEAMS, SHIFTS, Fault
from tests.chaos.jobs import JOBS, Job, State, damages, lasting_state_of, state_of
from tests.chaos.stages import SOURCES, Stages
from tests.commands import Installation, Outcome
from tests.mailing import read_mail

_CODES = (0, 1, 2, 3)
NIGHT, MORNING = "2026-06-08T05:30", "2026-06-08T07:00"
"""Times of the reading and of the mails of the week after a job whose clock was wrong."""


@dataclass
class Round:
    """Result of one fault."""

    job: str
    fault: Fault
    hit: bool
    """True when the job came to the place of the fault."""
    killed: bool = False
    """True when the fault ended the process, or cut its power."""
    problems: list[str] = field(default_factory=list)
    lost: int = 0
    """Rows, files and mails that are missing after the next run."""
    doubled: int = 0
    """Rows and mails that are there once more than they should be."""
    repeated: int = 0
    """Mails that the server took in the instant of the fault and got once more, with the same Message-ID."""

    def __str__(self) -> str:
        return f"{self.job}, {self.fault}: {'; '.join(self.problems)}"


@dataclass(frozen=True)
class Baseline:
    """Job without a fault: its crossings by seam, its exit code, and the state and the mails after it."""

    crossings: Counter[str]
    code: int
    state: State
    mails: Counter[tuple[str, str]]

    def faults(self) -> Iterator[Fault]:
        """Yield every fault at every crossing."""
        for seam, number in sorted(self.crossings.items()):
            for each in range(1, number + 1):
                for kind in SEAMS[seam]:
                    yield Fault(seam, each, kind)


class Rounds:
    """Rounds of one job."""

    def __init__(self, stages: Stages, name: str) -> None:
        self.job: Job = JOBS[name]
        self._stages = stages
        self._folder = stages.folder / "round"
        stages.publisher.moved = self.job.stage != "empty"
        place = self._place()
        outcome, lines = self._run(place, None)
        assert outcome.code == 0, outcome
        crossings = Counter(lines)
        crossings[CLOCK] = 1
        self._undisturbed: tuple[State, Counter[tuple[str, str]]] | None = None
        self.baseline = Baseline(crossings, outcome.code, state_of(place), self._mails())

    def meet(self, fault: Fault) -> Round:
        """Let the job meet a fault, run it again, and count."""
        if fault.seam == CLOCK:
            return self._meet_clock(fault)
        place = self._place()
        outcome, lines = self._run(place, fault)
        result = Round(self.job.name, fault, "hit" in lines, outcome.code == KILLED)
        result.problems += damages(place)
        result.problems += self._unfinished(place, outcome)
        in_hand = self._mails()
        again, _ = self._run(place, None, again=True)
        if again.code != self.baseline.code or "Traceback" in again.err:
            result.problems.append(f"the next run ended with {again.code}: {_last_line(again.err)}")
        result.problems += damages(place)
        self._compare(result, place, in_hand)
        return result

    def _meet_clock(self, fault: Fault) -> Round:
        """Let the job run while the clock is wrong, then again and the next week's night by the right one, and count."""
        result = Round(self.job.name, fault, hit=True)
        if self._undisturbed is None:
            self._undisturbed = self._night(self.job.now, Round(self.job.name, fault, hit=True))
        state, mails = self._undisturbed
        moment = datetime.fromisoformat(self.job.now)
        wrong = moment + SHIFTS[fault.kind] if fault.kind in SHIFTS else datetime(1970, 1, 1, 0, 10)  # noqa: DTZ001 - the job's zone
        found, taken = self._night(wrong.isoformat(timespec="minutes"), result)
        missing, extra, twice = state - found, found - state, [key for key, number in taken.items() if number > 1]
        unheard = {recipient for recipient, _ in mails} - {recipient for recipient, _ in taken}
        result.lost, result.doubled = sum(missing.values()) + len(unheard), sum(extra.values()) + len(twice)
        if missing or unheard:
            result.problems.append(f"lost: {_first(missing) or unheard}")
        if extra or twice:
            result.problems.append(f"too many: {_first(extra) or twice}")
        return result

    def _night(self, now: str, result: Round) -> tuple[State, Counter[tuple[str, str]]]:
        """Run the job at a time, again at the right one, and then a whole night; return what holds, and the mails."""
        place = self._place()
        outcomes = [self._run(place, None, now=now)[0], self._run(place, None, again=True)[0]]
        steps = ((("crawl", *SOURCES), NIGHT), (("match",), NIGHT), (("digest",), MORNING), (("send",), MORNING))
        outcomes += [self._stages.helper.run(place, *arguments, now=at) for arguments, at in steps]
        result.problems += damages(place)
        result.problems += [
            f"ended with {outcome.code}: {_last_line(outcome.err)}"
            for outcome in outcomes
            if outcome.code not in (0, 1) or "Traceback" in outcome.err
        ]
        return lasting_state_of(place), self._mails()

    def _unfinished(self, place: Installation, outcome: Outcome) -> Iterator[str]:
        """Yield what is wrong with how the job ended: an exit code that says too much, or no sentence for a person."""
        if outcome.code == KILLED:
            return
        if outcome.code not in _CODES or "Traceback" in outcome.err:
            yield f"it ended with {outcome.code}: {_last_line(outcome.err)}"
        elif outcome.code == 0 and state_of(place) - self._pending(place) != self.baseline.state:
            yield f"it ended with 0 and has not done its work: {_first(self.baseline.state - state_of(place))}"
        elif outcome.code and self.baseline.code == 0 and not (outcome.err + outcome.out).strip():
            yield f"it ended with {outcome.code} without a word"

    @staticmethod
    def _pending(place: Installation) -> State:
        """Return what the next run tidies: files that a fault left behind."""
        return Counter({key: number for key, number in state_of(place).items() if key[0] == "left behind"})

    def _compare(self, result: Round, place: Installation, in_hand: Counter[tuple[str, str]]) -> None:
        state, mails = state_of(place), self._mails()
        missing, extra = self.baseline.state - state, state - self.baseline.state
        unsent, again = self.baseline.mails - mails, mails - self.baseline.mails
        # Killed between the server's word and ours: a mail with the same Message-ID is sent once more, and servers drop it.
        repeated = Counter({key: 1 for key in again if again[key] == 1 and in_hand[key] == 1})
        result.lost = sum(missing.values()) + sum(unsent.values())
        result.doubled = sum(extra.values()) + sum((again - repeated).values())
        result.repeated = sum(repeated.values())
        if missing or unsent:
            result.problems.append(f"lost: {_first(missing + unsent)}")
        if extra or again - repeated:
            result.problems.append(f"too many: {_first(extra + (again - repeated))}")
        if result.repeated > 1:
            result.problems.append(f"{result.repeated} mails were in the server's hands at once")

    def _place(self) -> Installation:
        self._stages.mails.taken.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
        place = self._stages.copy(self.job.stage, self._folder)
        self.job.prepare(place, self._stages)
        return place

    def _run(self, place: Installation, fault: Fault | None, *, again: bool = False, now: str = "") -> tuple[Outcome, list[str]]:
        report = self._folder.with_name("report")
        report.unlink(missing_ok=True)
        now = now or (self.job.again if again else self.job.now)
        arguments = [str(place.folder / text) if text.endswith((".tar.gz", ".reading")) else text for text in self.job.arguments]
        seams = Seams(place.folder, fault, report, self.job.save, now)
        outcome = self._stages.helper.run(place, *arguments, now=now, seams=seams)
        return outcome, report.read_text().split("\n")[:-1]

    def _mails(self) -> Counter[tuple[str, str]]:
        taken = self._stages.mails.taken
        return Counter((recipient, str(read_mail(content)["Message-ID"])) for recipient, _, content in taken)


def remove_rounds(stages: Stages) -> None:
    """Remove the folders of the rounds."""
    for path in (stages.folder / "round", *Path(stages.folder).glob("round-check.db*")):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _last_line(text: str) -> str:
    return (re.sub(r"\s+", " ", text.strip().rpartition("\n")[2]) or "without a word")[:300]


def _first(rows: Counter[tuple[object, ...]]) -> str:
    return ", ".join(str(row)[:160] for row in list(rows)[:3])
