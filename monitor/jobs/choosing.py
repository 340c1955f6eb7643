"""Choosing the contents of a department's mail: its candidates, the coordinator's choices, and the items that are due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime, timedelta

from monitor.archive.candidates import CandidateReader
from monitor.archive.connection import Database
from monitor.archive.digests import StoredDigest
from monitor.archive.overrides import Overrides, read_overrides
from monitor.config import Config
from monitor.digest.choose import choose, open_known_calls
from monitor.digest.memory import CandidateMemory
from monitor.digest.model import Candidate, Selection
from monitor.jobs.candidates import apply_choices, make_arrangement, make_candidate, make_choice, reasons_of_added
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.model import Department
from monitor.vocabulary import MailKind


class MailChooser:
    """Chooser of the contents of mails of a week. The coordinator's choices are read once for each department."""

    def __init__(
        self,
        config: Config,
        db: Database,
        rules: RuleSet,
        now: datetime,
        week: str,
        memory: CandidateMemory | None = None,
    ) -> None:
        """Prepare to choose; with `memory`, where nothing is stored meanwhile, candidates are read into it and taken from it."""
        self._config, self._db, self._rules, self._now, self._week = config, db, rules, now, week
        self._memory = memory
        self._reader = CandidateReader(db, now)
        self._unchanged = False
        self._choices: dict[str, Overrides] = {}

    def for_week(self, week: str) -> MailChooser:
        """Return a chooser for another week's mails that shares what this one has read."""
        other = copy(self)
        other._week, other._choices = week, {}
        return other

    def without_choices(self) -> MailChooser:
        """Return a chooser without the coordinator's choices that shares what this one has read."""
        other = copy(self)
        other._unchanged = True
        return other

    def choices(self, department: Department) -> Overrides:
        """Return the coordinator's choices, read once: a mail is chosen and laid out by the same."""
        if self._unchanged:
            return Overrides()
        if department.id not in self._choices:
            self._choices[department.id] = read_overrides(self._db, department.id, self._week)
        return self._choices[department.id]

    def candidates(self, department: Department, since: datetime, *, comments: bool = False) -> list[Candidate]:
        """Return the candidates of a mail; with the coordinator's comments for the week's mail if it is one."""
        news_since = self._now - timedelta(days=self._config.digest.news_days)
        choices = self.choices(department)

        def read() -> list[Candidate]:
            return [make_candidate(self._rules, row) for row in self._reader.read(department.id, since, news_since)]

        candidates = self._memory.candidates(department.id, since, read) if self._memory is not None else read()
        return apply_choices(candidates, choices, reasons_of_added(self._db, self._rules), comments=comments)

    def week_candidates(self, department: Department, last: StoredDigest | None) -> list[Candidate]:
        """Return the candidates of the mail of the week, which follows the last one."""
        return self.candidates(department, last.created if last else self._now, comments=True)

    def choose(
        self,
        department: Department,
        candidates: Iterable[Candidate],
        previous: datetime | None,
        *,
        first: bool = False,
        placed: bool = True,
    ) -> Selection:
        """Return the selection for a mail (`digest.choose.choose`); `placed` with the places that the coordinator gave calls."""
        return choose(
            candidates,
            first=first,
            previous=previous,
            choice=make_choice(self._config),
            now=self._now,
            arranged=make_arrangement(self.choices(department), placed=placed),
            memory=self._memory,
        )

    def select(
        self, department: Department, last: StoredDigest | None, candidates: Sequence[Candidate]
    ) -> tuple[Selection, tuple[Candidate, ...]]:
        """Return the selection for the mail of the week and, for a week without news, the known calls that are open."""
        selection = self.choose(department, candidates, last.created if last else None, first=last is None)
        return selection, open_known_calls(candidates, self._now) if selection.kind is MailKind.QUIET else ()

    def without_places(
        self, department: Department, last: StoredDigest | None, candidates: Sequence[Candidate], selection: Selection
    ) -> Selection:
        """Return the selection for the mail of the week without the places that the coordinator gave calls.

        It is `selection`, the one with them, where there are none: a large mail takes a tenth of a second to choose.
        """
        if not make_arrangement(self.choices(department)).places:
            return selection
        return self.choose(department, candidates, last.created if last else None, first=last is None, placed=False)

    def used_edits(self, department: Department, selection: Selection) -> list[int]:
        """Return the numbers of the changes that a mail uses up; a comment waits for the mail that tells its call."""
        told = {item.candidate.key for item in selection.everything}
        return [edit.id for key, edit in self.choices(department).edits.items() if key in told or not edit.comment]
