"""Histories: weeks and weeks of readings and changes, after which every due thing has been told exactly once."""

import json
import random
import tarfile
import zlib
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from monitor.calls import Budget, call_status
from monitor.config import load_config
from monitor.digest.choose import choose, choose_corrections
from monitor.digest.facts import date_keys, read_facts
from monitor.digest.model import CallEvent, Candidate, Choice, DepartmentMatch, Reasons, Told
from monitor.digest.narrow import list_promised, list_unaware, narrow, seen_by
from monitor.digest.wording import iso_week
from monitor.jobs.crawl import scrapy_settings
from monitor.vocabulary import Kind, Level, MailChange, MailSection, Status
from tests.mailing import MONDAY, STOCKHOLM, World, a_call

DEPARTMENTS = ("kultur-fritid", "social")
WHOLE = ("2026-05-20", "2026-05-27", "2026-05-28", "2026-06-17")
CAPTURED = (*WHOLE, "2026-06-25")


def captured_calls(shared, day):
    """The living calls of a captured day that these rules match, as the spider reads them."""
    config = load_config(None)
    loader = get_spider_loader(Settings(scrapy_settings(config).copy_to_dict()))
    now = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=STOCKHOLM)
    spider = loader.load("portal")(source=config.source("funding-tenders"), now=now)
    calls = {}
    with tarfile.open(shared / f"data/eu/sedia-search-raw/{day}.tar.gz") as archive:
        for member in sorted((m for m in archive.getmembers() if "/page-" in m.name), key=lambda m: m.name):
            for row in json.load(archive.extractfile(member))["results"]:
                if any(for_department(row["reference"], department) for department in DEPARTMENTS):
                    calls |= {call.call_id: call for call in spider.read_row(row)}
    return calls


def for_department(call_id, department):
    """What these rules match: one call in ten, others for each department."""
    return zlib.crc32(f"{call_id}{department}".encode()) % 10 == 0


def made_up_week(calls, dice, now, number):
    """A week later: dates move, money changes, calls open, come and go."""
    week = {}
    for call_id, call in calls.items():
        throw = dice.random()
        if throw < 0.02:
            continue
        if throw < 0.06 and call.deadlines:
            shift = timedelta(days=dice.choice((-20, -3, 7, 14, 28)))
            call = replace(call, deadlines=tuple(replace(one, at=one.at + shift) for one in call.deadlines))
        elif throw < 0.08:
            call = replace(call, budget=Budget(total=dice.randrange(1, 9) * 1_000_000))
        elif throw < 0.10:
            call = replace(call, stated_status=Status.OPEN)
        week[call_id] = call
    for new in range(dice.randrange(0, 12)):
        due = (now + timedelta(days=dice.randrange(2, 200))).date().isoformat()
        state = dice.choice((Status.OPEN, Status.FORTHCOMING))
        call = a_call(f"w{number}-{new}", due, source="funding-tenders", stated_status=state)
        week[call.call_id] = call
    return week


class Oracle:
    """What a patient colleague would keep in mind for one department, told apart from how the program does it."""

    def __init__(self):
        self.dates = {}
        self.gone = set()

    def expect(self, calls, vanished, department, now):
        """Which calls must be told now: (first time, changed)."""
        first, changed = set(), set()
        for call_id, call in calls.items():
            ahead = self.ahead(call, now)
            if call_id in self.dates:
                told = {key for key in self.dates[call_id] if not self.passed(key, now)}
                if call_id in vanished:
                    if call_id not in self.gone and (told or not self.dates[call_id]):
                        changed.add(call_id)
                elif told != ahead or (call_id in self.gone and call_status(call, now) is not Status.CLOSED):
                    changed.add(call_id)
            elif for_department(call_id, department) and call_id not in vanished and call_status(call, now) is not Status.CLOSED:
                first.add(call_id)
        return first, changed

    def told(self, calls, vanished, call_ids):
        for call_id in call_ids:
            self.dates[call_id] = set(date_keys(calls[call_id]))
            (self.gone.add if call_id in vanished else self.gone.discard)(call_id)

    @staticmethod
    def passed(key, now):
        return key != "rolling" and (datetime.fromisoformat(key) < now if len(key) > 10 else date.fromisoformat(key) < now.date())

    def ahead(self, call, now):
        return {key for key in date_keys(call) if not self.passed(key, now)}


@pytest.mark.shared
def test_thirty_five_weeks_with_holes_clock_changes_and_week_53(tmp_path, shared):
    world = World(tmp_path, recipients=DEPARTMENTS)
    dice = random.Random(20260507)
    oracles = {department: Oracle() for department in DEPARTMENTS}
    calls, everything = {}, {}
    now = datetime(2026, 5, 11, 7, tzinfo=STOCKHOLM)
    captured = iter(CAPTURED)
    coming = next(captured)
    told_first = Counter()
    mails = 0
    for number in range(35):
        at = (now + timedelta(weeks=number)).replace(hour=7)
        read = False
        while coming and coming <= at.date().isoformat():
            state = "accepted" if coming in WHOLE else "degraded"
            found = captured_calls(shared, coming)
            moment = datetime.fromisoformat(f"{coming}T12:00").replace(tzinfo=STOCKHOLM)
            world.crawl(*found.values(), at=moment, source="funding-tenders", state=state)
            everything |= {key: call for key, call in found.items() if state == "accepted" or key not in everything}
            calls = found if state == "accepted" else calls
            coming, read = next(captured, ""), True
        if not coming and not read:
            calls = made_up_week(calls, dice, at, number)
            # Twice, since a call is believed gone when two readings agree.
            for hours in (30, 6):
                world.crawl(*calls.values(), at=at - timedelta(hours=hours), source="funding-tenders")
            everything |= calls
        for department in DEPARTMENTS:
            matched = [call_id for call_id in everything if for_department(call_id, department)]
            world.match(*matched, department=department, source="funding-tenders", level="trolig")
        if number in (5, 6, 19, 30):
            continue
        vanished = {row[0] for row in world.rows("SELECT call_id FROM calls WHERE vanished_at IS NOT NULL")}
        expected = {d: oracles[d].expect(everything, vanished, d, at) for d in DEPARTMENTS}
        report = world.digest(at)
        assert [one.state for one in report.digests] == ["waiting", "waiting"]
        world.send(at)
        mails += 2
        assert world.digest(at + timedelta(hours=1)).corrections == [], "what the week's mail has said needs no correction"
        for department in DEPARTMENTS:
            rows = world.rows("SELECT call_id, section, fact FROM digest_items WHERE digest = ?", f"{report.week}-{department}")
            firsts = {row[0] for row in rows if row[2] in ("new", "coming")}
            changed = {row[0] for row in rows if row[1] == MailSection.CHANGED.value}
            first_expected, changed_expected = expected[department]
            assert firsts == first_expected, f"{report.week} {department}"
            assert changed_expected <= changed, f"{report.week} {department}"
            extra = changed - changed_expected
            assert all(
                any(fact.startswith(("budget:", "notice:", "opened")) for c, _, fact in rows if c == call) for call in extra
            )
            told_first.update((department, call) for call in firsts)
            oracles[department].told(everything, vanished, {row[0] for row in rows})
    assert max(told_first.values()) == 1
    assert len(told_first) > 130
    assert len(world.server.ids) == len(set(world.server.ids)) == mails
    weeks = [row[0] for row in world.rows("SELECT DISTINCT week FROM digests ORDER BY week")]
    assert "2026-W53" in weeks
    assert "2027-W01" in weeks
    assert not {"2026-W25", "2026-W26"} & set(weeks)


DAYS = st.integers(min_value=-10, max_value=120)
WHICH = st.sampled_from((0, 0, 1, 1, 2))
HAPPENINGS = st.one_of(
    st.tuples(st.just("move"), WHICH, DAYS),
    st.tuples(st.just("two"), WHICH, DAYS),
    st.tuples(st.sampled_from(("gone", "back", "open", "notice", "unmatch")), WHICH),
    st.tuples(st.sampled_from(("gone", "back", "open")), WHICH),
    st.tuples(st.sampled_from(("doubt", "sure")), WHICH),
    st.tuples(st.sampled_from(("money", "fact")), WHICH, st.integers(1, 3)),
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("correct")),
)
STEPS = st.lists(st.tuples(HAPPENINGS, st.integers(0, 2)), max_size=25)


class Reader:
    """Recipient with choices of her own: what she keeps in mind of her mails, apart from how the program does it."""

    def __init__(self, *, monthly):
        self.monthly = monthly
        self.known = None
        self.own = {}
        self.dates = {}
        self.gone = set()

    def is_due(self, now):
        return not self.monthly or self.known is None or (now.year, now.month) > (self.known.year, self.known.month)

    def view(self, candidates, *, behind, joined):
        """The candidates as this reader has been told of them."""
        unaware = list_unaware(candidates, self.dates.keys(), joined, certain=not self.monthly)
        own = {key: [told for told in facts if told.at > self.known] for key, facts in self.own.items()}
        return seen_by(candidates, until=self.known if behind else None, unaware=unaware, own=own)

    def wanted(self, selection, candidates):
        return narrow(selection, certain=not self.monthly, left_out=(), promised=list_promised(candidates, self.dates.keys()))

    def read(self, selection, now, *, alone):
        for item in selection.everything:
            key, kinds = item.candidate.key, {change.kind for change in item.changes}
            assert (key in self.dates) == (not {"new", "coming", "missed"} & set(item.facts)), "told of each call first, and once"
            facts = self.own.setdefault(key, [])
            assert not {told.fact for told in facts} & set(item.facts), "no fact is told twice to her alone"
            facts.extend(Told(fact=fact, at=now) for fact in item.facts if alone)
            (self.gone.add if MailChange.WITHDRAWN in kinds else self.gone.discard)(key)
            self.dates[key] = set(date_keys(item.candidate.call))

    def check(self, candidates, now, *, after_correction):
        for one in candidates:
            ahead = {key for key in date_keys(one.call) if key >= now.date().isoformat()}
            known = {key for key in self.dates.get(one.key, ()) if key >= now.date().isoformat()}
            if after_correction and one.key not in self.gone and one.call.kind is Kind.CALL:
                assert not (one.vanished_at and known), "she waits for no call that is gone"
                lost = known - ahead
                assert one.vanished_at or not lost or min(ahead - known, default="9") > min(lost), "she comes too late for no day"
            is_sure = one.match is not None and one.match.level is Level.STRONG
            if not self.monthly and not after_correction and is_sure and not one.vanished_at:
                assert call_status(one.call, now) is Status.CLOSED or one.key in self.dates, "what is sure has been told"


class Department:
    """One department, an open call, one on its way and an event, whose history a test makes up."""

    def __init__(self):
        self.now = MONDAY
        self.events = 0
        self.candidates = []
        self.previous = None
        self.weeks = set()
        self.told = None
        self.readers = (Reader(monthly=True), Reader(monthly=False))
        match = DepartmentMatch(level=Level.STRONG, relevance=80, read=lambda: Reasons(themes=("Tema",)))
        for number, (kind, status) in enumerate(((Kind.CALL, None), (Kind.CALL, Status.FORTHCOMING), (Kind.EVENT, None))):
            call = a_call(str(number), kind=kind, stated_status=status)
            self.candidates.append(Candidate(call=self.dated(call, 30 + number), first_seen=self.now, match=match))

    def dated(self, call, *days):
        at = [(self.now + timedelta(days=n)).date().isoformat() for n in sorted(days)]
        if call.kind is Kind.EVENT:
            return replace(call, starts=datetime.fromisoformat(f"{at[0]}T09:00").replace(tzinfo=STOCKHOLM))
        return replace(call, deadlines=a_call("x", *at).deadlines, deadline_model=a_call("x", *at).deadline_model)

    def event(self, candidate, kind, old=None, new=None):
        self.events += 1
        return (*candidate.events, CallEvent(id=self.events, type=kind, old=old, new=new))

    def step(self, name, *values):
        if name == "wait":
            self.now += timedelta(days=values[0])
            return
        if name == "week":
            self.now += timedelta(weeks=values[0])
            self.digest()
            return
        if name == "correct":
            self.correct()
            return
        number, *rest = values
        one = self.candidates[number]
        if name == "move":
            one = replace(one, call=self.dated(one.call, rest[0]), events=self.event(one, "deadline_moved"))
        elif name == "two":
            one = replace(one, call=self.dated(one.call, rest[0], rest[0] + 50), events=self.event(one, "deadline_moved"))
        elif name == "gone":
            one = replace(one, vanished_at=one.vanished_at or self.now)
        elif name == "back":
            one = replace(one, vanished_at=None)
        elif name == "open":
            one = replace(one, call=replace(one.call, stated_status=Status.OPEN))
        elif name == "money":
            old, new = (json.dumps({"total": n, "currency": "EUR"}) for n in (one.call.budget.total or 0, rest[0]))
            events = self.event(one, "budget_changed", old, new) if old != new else one.events
            one = replace(one, call=replace(one.call, budget=Budget(total=rest[0])), events=events)
        elif name == "fact":
            old, new = (json.dumps({"fact": "months", "values": [value]}) for value in (rest[0], rest[0] + 1))
            one = replace(one, events=self.event(one, "fact_changed", old, new))
        elif name == "notice":
            one = replace(one, events=self.event(one, "news", None, json.dumps([f"Nytt {self.events}"])))
        elif name == "unmatch":
            one = replace(one, match=None)
        elif name in ("doubt", "sure") and one.match is not None:
            one = replace(one, match=replace(one.match, level=Level.LIKELY if name == "doubt" else Level.STRONG))
        self.candidates[number] = one

    def digest(self):
        if iso_week(self.now.date()) in self.weeks:
            return
        self.weeks.add(iso_week(self.now.date()))
        selection, before, told = self.select(), list(self.candidates), self.told
        self.tell(selection)
        for reader in self.readers:
            if reader.is_due(self.now):
                self.mail(reader, before, told)
        self.previous = self.now
        assert self.select().everything == (), "what has been told is due no more"
        self.check_told()
        self.correct_alone(self.candidates, self.told)

    def mail(self, reader, before, told):
        """Give a reader the mail of the week: from what was known before the department was told."""
        behind = reader.known is not None and told is not None and reader.known < told
        view = reader.view(before, behind=behind, joined=MONDAY)
        previous = reader.known or self.previous
        selection = choose(view, first=self.previous is None, previous=previous, choice=Choice(), now=self.now)
        selection = reader.wanted(selection, before)
        if selection.everything or reader.monthly:
            reader.read(selection, self.now, alone=False)
            reader.known = self.now
            reader.own = {}
        reader.check(self.candidates, self.now, after_correction=False)

    def correct_alone(self, before, told):
        """Correct what readers know who got no mail with the department's."""
        for reader in self.readers:
            if reader.known is None:
                continue
            behind = told is not None and reader.known < told
            view = [one for one in reader.view(before, behind=behind, joined=MONDAY) if one.key in reader.dates]
            selection = reader.wanted(choose_corrections(view, self.now), before)
            alone = reader.monthly or behind
            reader.read(selection, self.now, alone=alone)
            if selection.items and not alone:
                reader.known, reader.own = self.now, {}
            reader.check(self.candidates, self.now, after_correction=True)

    def correct(self):
        if self.previous is None:
            return
        selection, before, told = choose_corrections(self.candidates, self.now), list(self.candidates), self.told
        for item in selection.items:
            kinds = {change.kind for change in item.changes}
            assert kinds & {MailChange.EARLIER, MailChange.WITHDRAWN}
        self.tell(selection)
        self.correct_alone(before, told)
        assert choose_corrections(self.candidates, self.now).items == ()

    def select(self):
        return choose(self.candidates, first=self.previous is None, previous=self.previous, choice=Choice(), now=self.now)

    def tell(self, selection):
        keys = [item.candidate.key for item in selection.everything]
        assert len(keys) == len(set(keys)), "one call, one item"
        for item in selection.everything:
            number = int(item.candidate.call.call_id)
            one = self.candidates[number]
            known = {told.fact for told in one.told}
            assert not known & set(item.facts), "no fact is told twice"
            assert len(set(item.facts)) == len(item.facts)
            told = tuple(Told(fact=fact, at=self.now) for fact in item.facts)
            self.candidates[number] = replace(one, told=(*one.told, *told))
            self.told = self.now if told else self.told

    def check_told(self):
        for one in self.candidates:
            known = read_facts(one.told)
            status = call_status(one.call, self.now)
            if one.match and not one.vanished_at and status is not Status.CLOSED:
                assert known.told, "what is open and concerns the department has been told"
            closed_for_them = known.withdrawn and status is Status.CLOSED
            if known.told and not one.vanished_at and one.call.kind is Kind.CALL and not closed_for_them:
                told = {key for key in known.dates if date.fromisoformat(key) >= self.now.date()}
                actual = {key for key in date_keys(one.call) if date.fromisoformat(key) >= self.now.date()}
                assert told == actual, "the dates ahead that the department knows are the right ones"
                if status is not Status.CLOSED:
                    assert not known.withdrawn
            if "coming" in known.facts and one.match and not one.vanished_at and status is Status.OPEN:
                assert known.opened, "what was told to be on its way was told when it opened"
            if known.told and one.vanished_at and one.call.kind is Kind.CALL:
                ahead = [key for key in known.dates if date.fromisoformat(key) >= self.now.date()]
                assert known.withdrawn or not ahead, "nobody waits for a call that is gone"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([(("doubt", 0), 1), (("sure", 0), 1)])
@example([(("doubt", 0), 1), (("move", 0, 5), 0), (("sure", 0), 0), (("correct",), 1)])
@example([(("move", 1, 0), 1), (("move", 1, 7), 1), (("correct",), 2), (("move", 0, 0), 2), (("move", 1, 21), 2)])
@given(STEPS)
def test_any_history_leaves_every_department_rightly_informed(steps):
    department = Department()
    for step, weeks in steps:
        department.step(*step)
        if weeks:
            department.step("week", weeks)
    department.now += timedelta(days=7)
    department.digest()


def test_there_and_back_again_is_no_change():
    department = Department()
    department.digest()
    department.step("move", 0, 60)
    department.step("move", 0, 30)
    department.step("wait", 7)
    assert [item.candidate.key for item in department.select().everything if item.changes] == []


DOSSIER_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("document"), st.booleans(), st.booleans()),
        st.tuples(st.sampled_from(("gone", "decline", "unmatch")), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 40)),
        st.just(("week",)),
    ),
    max_size=20,
)


class Matter:
    """One department and the documents of one matter and of others, as a colleague would follow them."""

    def __init__(self):
        self.now = MONDAY
        self.candidates = []
        self.first_told = {}
        self.match = DepartmentMatch(level=Level.STRONG, relevance=80, read=lambda: Reasons(themes=("Tema",)))

    def step(self, name, *values):
        if name == "wait":
            self.now += timedelta(days=values[0])
        elif name == "week":
            self.now += timedelta(hours=1)
            self.mail()
        elif name == "document":
            matched, same_matter = values
            self.now += timedelta(hours=1)
            call = a_call(
                str(len(self.candidates)), kind=Kind.POLICY, programme="matter" if same_matter else "", published=self.now
            )
            earlier = [one.key for one in self.candidates if same_matter and one.call.programme]
            match = self.match if matched else None
            joined = tuple((key, self.now) for key in earlier)
            self.candidates.append(Candidate(call=call, first_seen=self.now, match=match, joined=joined))
        elif values[0] < len(self.candidates):
            one = self.candidates[values[0]]
            change = {"gone": {"vanished_at": self.now}, "decline": {"answer": "inte-for-oss"}, "unmatch": {"match": None}}[name]
            self.candidates[values[0]] = replace(one, **change)

    def follows(self, one):
        """Return True when the department was told of a document of the matter before this one came, and wants to know of it."""
        return bool(one.call.programme) and any(
            other.call.programme and not other.answer and self.first_told.get(other.key, one.first_seen) < one.first_seen
            for other in self.candidates
        )

    def mail(self):
        expected = {
            one.key: self.follows(one)
            for one in self.candidates
            if one.key not in self.first_told and not one.vanished_at and not one.answer
            if one.first_seen >= self.now - timedelta(days=Choice().news_days) and (one.match or self.follows(one))
        }
        selection = choose(self.candidates, first=False, previous=MONDAY, choice=Choice(per_source=3), now=self.now)
        moves = {
            item.candidate.key: any(change.kind is MailChange.DOSSIER for change in item.changes) for item in selection.everything
        }
        assert moves == expected
        for item in selection.everything:
            self.first_told[item.candidate.key] = self.now
            number = int(item.candidate.call.call_id)
            told = tuple(Told(fact=fact, at=self.now) for fact in item.facts)
            self.candidates[number] = replace(self.candidates[number], told=told)


@settings(max_examples=150, deadline=None)
@example([("document", True, True), ("week",), ("document", False, True), ("week",), ("document", False, True), ("week",)])
@example([("document", True, True), ("week",), ("decline", 0), ("document", False, True), ("week",)])
@example([("document", True, True), ("document", False, True), ("week",), ("wait", 40), ("document", False, True), ("week",)])
@given(DOSSIER_STEPS)
def test_any_history_of_a_matter_is_told_as_it_moves_and_once(steps):
    matter = Matter()
    for step in steps:
        matter.step(*step)
    matter.step("week")
    matter.step("week")
