"""An archive with a few calls of our own, for tests of jobs and commands."""

from datetime import UTC, datetime

from monitor.archive.runs import SourceRun, store_run
from monitor.calls import Deadline, DeadlineModel
from monitor.vocabulary import Kind
from tests.matching.rules import a_call

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)


def sample_calls():
    """One call for each step at which a call can fall out, and two that go out."""
    ahead = {"deadlines": (Deadline(at=datetime(2026, 9, 1, 15, tzinfo=UTC)),), "deadline_model": DeadlineModel.SINGLE}
    return (
        a_call("Youth exchange", "For young people.", identifier="ERASMUS-2026-A", programme="erasmus", **ahead),
        a_call("Energieffektivisering", "I offentliga byggnader.", identifier="LIFE-2026-B", programme="life", **ahead),
        a_call("Youth exchange for scientists", "For researchers only.", identifier="ERASMUS-2026-VETO", **ahead),
        a_call("Stöd", "For young people in Europe.", identifier="ERASMUS-2026-SHORT", **ahead),
        a_call("Ungdomsutbyten i Skåne", identifier="SKANE-1", **ahead),
        a_call("Ungdomsutbyten", "Endast myndigheter får söka.", identifier="MYND-1", **ahead),
        a_call("Ungdomsutbyten på gång", "En ledig tjänst.", identifier="JOBB-1", **ahead),
        a_call("Youth news", identifier="NEWS-1", kind=Kind.NEWS),
        a_call(
            "Youth exchange last year",
            identifier="OLD-1",
            deadlines=(Deadline(at=datetime(2026, 3, 1, 16, tzinfo=UTC)),),
            deadline_model=DeadlineModel.SINGLE,
        ),
    )


def store_calls(db, calls, now=NOW):
    """Put calls into an archive as an accepted run of their source."""
    store_run(
        db,
        SourceRun(
            source="test",
            name="Test",
            publisher="Test",
            kind="feed",
            url="https://example.se/",
            language="sv",
            started=now,
            finished=now,
            state="accepted",
            reason="",
            complete_list=False,
            seen=len(calls),
            calls=tuple(calls),
        ),
        now,
    )
