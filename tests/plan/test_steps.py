"""Plans: days counted backwards over weekends and holidays, boards that meet on their days, and what cannot be made in time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calls import Deadline, Precision
from monitor.fit import CardValue, FitCard
from monitor.language.shares import Shares
from monitor.matching.rules.load import shipped_gates
from monitor.plan.gates import Closed, GatesFile, Meetings
from monitor.plan.steps import PlanFacts, StepMark, StepVerdict, last_day_of, make_plan
from monitor.plan.workdays import Workdays
from monitor.vocabulary import StepState

HOME = ZoneInfo("Europe/Stockholm")
CARD = FitCard(eu=True, shares=Shares(funder=80), partners=CardValue(3))
WORDS = {"name": "x", "english": "x", "text": "x", "english_text": "x"}


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=HOME)


def deadline(day: str, clock: str = "17:00") -> Deadline:
    return Deadline(at=datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=HOME), precision=Precision.MINUTE)


def gates(*rows: dict, margin: int = 0, closed: tuple = ()) -> GatesFile:
    return GatesFile.model_validate(
        {"submission": {**WORDS, "margin": margin}, "gate": [{**WORDS, **row} for row in rows], "closed": list(closed)}
    )


def plan(day: str, last: str, file: GatesFile | None = None, **facts):
    given = {"card": CARD, "deadline": deadline(last), **facts}
    return make_plan(file or shipped_gates(), PlanFacts(**given), noon(day))


def by_id(made):
    return {step.id: step for step in made.steps}


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-12-24", False),  # Christmas Eve
        ("2026-12-31", False),  # New Year's Eve
        ("2027-01-06", False),  # Epiphany
        ("2026-06-19", False),  # Midsummer's Eve
        ("2027-05-06", False),  # Ascension Day
        ("2027-03-29", False),  # Easter Monday
        ("2026-12-05", False),  # a Saturday
        ("2027-05-07", True),  # the day between: offices are open
        ("2026-12-23", True),
    ],
)
def test_working_days_leave_out_weekends_and_swedish_holidays(day, working):
    assert Workdays().is_working(date.fromisoformat(day)) is working


def test_days_are_counted_over_christmas_and_over_days_of_ones_own():
    assert Workdays().before(date(2027, 1, 7), 3) == date(2026, 12, 30)  # 5, 4 January, 30 December
    closed = Closed.model_validate({"from": date(2026, 12, 28), "to": date(2027, 1, 5)})
    assert Workdays((closed,)).before(date(2027, 1, 7), 3) == date(2026, 12, 21)


@given(day=st.dates(date(2026, 1, 1), date(2030, 12, 31)), number=st.integers(0, 40))
@settings(max_examples=25)
def test_counting_forwards_and_back_leads_to_the_same_working_day(day, number):
    days = Workdays()
    start = days.on_or_before(day)
    assert days.after(days.before(start, number), number) == start


def test_the_clock_going_back_moves_no_day():
    # 25 October 2026 has 25 hours in Sweden. 17:00 in Brussels is 16:00 UTC after it, and 15:00 before it.
    assert last_day_of(Deadline(at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC), precision=Precision.MINUTE), HOME) == date(
        2026, 10, 25
    )
    assert last_day_of(Deadline(at=datetime(2026, 10, 25, 22, 59, tzinfo=UTC), precision=Precision.MINUTE), HOME) == date(
        2026, 10, 25
    )
    assert last_day_of(Deadline(at=datetime(2026, 10, 25, 23, 30, tzinfo=UTC), precision=Precision.MINUTE), HOME) == date(
        2026, 10, 26
    )
    file = gates({"id": "a", "days": 5, "least": 1})
    step = by_id(plan("2026-10-01", "2026-10-28", file))["a"]
    assert (step.begin, step.due) == (date(2026, 10, 21), date(2026, 10, 28))


def test_midnight_ends_the_day_before_it():
    assert last_day_of(deadline("2027-03-01", "00:00"), HOME) == date(2027, 2, 28)
    assert plan("2026-12-01", "2027-03-01", gates({"id": "a", "days": 1, "least": 1})).last_day == date(2027, 3, 1)


def test_a_last_day_on_a_sunday_means_work_until_friday():
    assert by_id(plan("2026-12-01", "2027-01-31", gates({"id": "a", "days": 1, "least": 1})))["a"].due == date(2027, 1, 29)


MEETINGS = {"weekday": "wed", "weeks": [3], "not_in": [7], "papers": 10}


def test_boards_meet_on_decided_days_and_else_by_their_pattern():
    days = Workdays()
    meetings = Meetings.model_validate({**MEETINGS, "days": [date(2026, 12, 8), date(2027, 1, 26)]})
    assert days.last_meeting(meetings, date(2027, 1, 25)) == date(2026, 12, 8), "20 January is a third Wednesday, but not decided"
    assert days.last_meeting(meetings, date(2027, 2, 20)) == date(2027, 2, 17), "after the last decided day the pattern holds"
    pattern = Meetings.model_validate(MEETINGS)
    assert days.next_meeting(pattern, date(2027, 6, 17)) == date(2027, 8, 18), "no meeting in July"
    never = Meetings.model_validate({**MEETINGS, "weekday": "fri", "weeks": [5], "not_in": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]})
    assert days.next_meeting(never, date(2026, 1, 1)) is None, "every fifth Friday of December is a holiday in these years"


def test_before_the_first_decided_day_a_board_does_not_meet():
    days = [date(2027, 2, 17), date(2027, 3, 17)]
    meetings = Meetings.model_validate({**MEETINGS, "days": days})
    assert Workdays().next_meeting(meetings, date(2026, 12, 21)) == days[0], "20 January is a third Wednesday, but not decided"
    assert Workdays().last_meeting(meetings, date(2027, 2, 10)) is None
    file = gates({"id": "namnd", "days": 5, "least": 2, "meeting": {**MEETINGS, "days": days}}, margin=1)
    step = by_id(plan("2026-12-20", "2027-02-10", file))["namnd"]
    assert (step.verdict, step.earliest, step.papers, step.decided) == (StepVerdict.IMPOSSIBLE, days[0], None, True)


def test_a_step_that_cannot_be_done_by_its_day_is_late():
    file = gates({"id": "avsikt", "days": 10, "least": 3}, margin=1)
    started = {"avsikt": StepMark(StepState.STARTED, date(2026, 12, 14))}
    for day, last, marks in (("2026-12-14", "2026-12-17", {}), ("2026-12-14", "2026-12-17", started)):
        step = by_id(plan(day, last, file, marks=marks))["avsikt"]
        assert step.due < step.earliest <= date(2026, 12, 17)
        assert step.verdict is StepVerdict.LATE
    shipped = by_id(plan("2026-11-30", "2026-12-15"))
    assert all(step.verdict is not StepVerdict.NOW for step in shipped.values() if step.earliest > step.due)


def test_the_plan_goes_back_through_what_waits_for_what():
    file = gates(
        {"id": "egna-pengar", "days": 10, "least": 3, "before": ["namnd"]},
        {"id": "namnd", "days": 5, "least": 2, "meeting": MEETINGS},
        margin=1,
    )
    made = plan("2026-10-01", "2027-03-02", file)
    steps = by_id(made)
    assert steps["inlamning"].due == date(2027, 3, 1)
    board = steps["namnd"]
    assert (board.due, board.papers, board.begin) == (date(2027, 2, 17), date(2027, 2, 3), date(2027, 1, 27))
    assert not board.decided, "the day only follows from the pattern"
    assert (steps["egna-pengar"].due, steps["egna-pengar"].begin) == (date(2027, 1, 27), date(2027, 1, 13))
    assert [step.id for step in made.steps] == ["egna-pengar", "namnd", "inlamning"]
    assert {step.verdict for step in made.steps} == {StepVerdict.LATER}


def test_three_weeks_before_the_last_day_the_boards_cannot_be_made():
    made = plan("2026-11-28", "2026-12-18")
    assert {step.id for step in made.impossible} == {"namnd", "kommunstyrelse", "inlamning"}
    board = by_id(made)["namnd"]
    assert board.earliest == date(2027, 1, 20)
    assert board.gate.shortcut("sv").startswith("Fråga om förvaltningschefen")
    assert {step.id for step in made.late} == {"ja-fran-chefen", "egna-pengar", "partner", "ansokan", "eu-login"}


def test_five_months_before_it_everything_can_be_made():
    made = plan("2026-11-28", "2027-05-04")
    assert made.impossible == () == made.late
    assert [step.id for step in made.steps][-1] == "inlamning"


def test_a_step_that_is_done_or_not_needed_frees_those_that_waited():
    marks = {id_: StepMark(StepState.NOT_NEEDED, date(2026, 11, 28)) for id_ in ("namnd", "kommunstyrelse")}
    made = plan("2026-11-28", "2026-12-18", marks=marks)
    assert made.impossible == ()
    assert by_id(made)["namnd"].verdict is StepVerdict.NOT_NEEDED
    assert by_id(made)["egna-pengar"].due == date(2026, 12, 17), "own money now waits for the application alone"
    assert by_id(made)["kommunstyrelse"].verdict is StepVerdict.NOT_NEEDED
    marks = {**marks, "egna-pengar": StepMark(StepState.DONE, date(2026, 11, 28))}
    assert by_id(plan("2026-11-28", "2026-12-18", marks=marks))["egna-pengar"].verdict is StepVerdict.DONE


def test_a_step_that_has_begun_goes_on_from_its_day():
    file = gates({"id": "a", "days": 10, "least": 8})
    late = by_id(plan("2026-11-30", "2026-12-07", file))["a"]
    assert (late.verdict, late.earliest) == (StepVerdict.IMPOSSIBLE, date(2026, 12, 10))
    begun = {"a": StepMark(StepState.STARTED, date(2026, 11, 20))}
    going = by_id(plan("2026-11-30", "2026-12-07", file, marks=begun))["a"]
    assert (going.verdict, going.earliest) == (StepVerdict.NOW, date(2026, 12, 2))


@pytest.mark.parametrize(
    ("card", "present", "stated"),
    [
        (FitCard(eu=True, shares=Shares(own=20), partners=CardValue(3)), {"eu-login", "partner", "egna-pengar"}, True),
        (FitCard(eu=False, shares=Shares(own=0), partners=CardValue(1)), set(), True),
        (FitCard(eu=False, shares=Shares(funder=100)), {"partner", "egna-pengar"}, False),
    ],
)
def test_gates_follow_the_terms_of_the_call_and_a_term_that_is_not_stated_is_said_to_be_so(card, present, stated):
    steps = by_id(plan("2026-11-28", "2027-05-04", card=card))
    conditional = {"eu-login", "partner", "egna-pengar"}
    assert conditional & set(steps) == present
    assert all(steps[id_].stated is stated for id_ in present)


def test_a_call_without_a_last_day_is_planned_forwards_and_one_that_has_passed_not_at_all():
    made = plan("2026-11-28", "2027-05-04", deadline=None)
    assert made.last_day is None
    assert all(step.due is None and step.earliest >= date(2026, 11, 30) for step in made.steps)
    assert made.due_soon() == ()
    assert plan("2026-11-28", "2026-11-01", passed=True).steps == ()


def test_the_project_says_that_the_application_was_handed_in():
    made = plan("2026-12-10", "2026-12-18", applied=date(2026, 12, 9))
    last = made.steps[-1]
    assert (last.verdict, last.mark.day) == (StepVerdict.DONE, date(2026, 12, 9))


def test_reminders_name_what_is_late_or_due_within_two_weeks():
    file = gates({"id": "now", "days": 5, "least": 1, "before": ["later"]}, {"id": "later", "days": 20, "least": 5})
    made = plan("2026-11-30", "2027-01-18", file)
    assert [step.id for step in made.due_soon()] == ["now", "later"]
    assert plan("2026-10-30", "2027-01-18", file).due_soon() == ()
