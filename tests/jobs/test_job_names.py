"""Every job of the scheduler has a name for people, and every time in the settings belongs to a job."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.archive.scheduler import JobRow
from monitor.config import Config
from monitor.jobs.due import Lane, ScheduleFacts, due_jobs
from monitor.jobs.status import JOB_NAMES
from monitor.settings import Digest, Schedule, Translate
from monitor.sources import Source
from monitor.vocabulary import JobState

MONDAY = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Stockholm"))
NO_TIMES = {"longest", "time_zone"}
"""Fields of the table `schedule` that are not the times of jobs."""


def jobs_of_a_week(tmp_path) -> set[str]:
    """Return the names of all jobs that come due within a week in which none is done."""
    source = Source(id="ett", kind="feed", name="Ett", url="https://example.se")
    config = Config(
        data_dir=tmp_path, sources=(source,), digest=Digest(preview="eu@example.se"), translate=Translate(engine="libretranslate")
    )
    found = set()
    for hour in range(7 * 24):
        now = MONDAY + timedelta(hours=hour)
        two_days_ago = now - timedelta(days=2)
        matched = JobRow(
            name="match",
            due=two_days_ago,
            state=JobState.DONE,
            attempts=1,
            started=two_days_ago,
            finished=two_days_ago,
            message="",
        )
        for jobs in ({}, {"match": matched}):
            facts = ScheduleFacts(
                jobs=jobs, readings={"ett": two_days_ago}, mails=1, lost=("ett",), since=MONDAY - timedelta(days=30)
            )
            found |= {due.name for lane in Lane for due in due_jobs(config, facts, now, lane)}
    return found


def test_every_job_that_comes_due_has_a_name(tmp_path):
    assert jobs_of_a_week(tmp_path) == set(JOB_NAMES)


def test_every_time_of_the_settings_is_that_of_a_job():
    assert Schedule.model_fields.keys() - NO_TIMES <= JOB_NAMES.keys()
