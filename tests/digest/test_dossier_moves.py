"""A matter that moves on: who was told of an earlier document of a dossier is told of the next, once, and of its last day."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.archive.dossiers import read_references
from monitor.settings import Recipient
from monitor.vocabulary import Kind
from tests.mailing import MONDAY, STOCKHOLM, WEEK, World, a_call, day, text_of


def document(call_id, title, at, *due, text="", source="feed"):
    """Return a policy item that is published at a time."""
    call = a_call(call_id, *due, source=source, title=title, kind=Kind.POLICY, published=at, summary=text)
    return replace(call, url=f"https://example.org/{source}/{call_id}")


PROPOSAL = document("forslag", "Proposal for a Regulation on soil COM(2026) 360", MONDAY - timedelta(days=1))
REFERRAL = document(
    "remiss", "Remiss om en förordning om mark", MONDAY + timedelta(days=3), "2026-08-15", text="Avser COM(2026) 360."
)


class Office(World):
    """Installation whose readings also find the numbers of matters, as the crawl does."""

    def read(self, *calls, at):
        self.crawl(*calls, at=at, source="feed")
        with self.archive() as archive:
            read_references(archive.db, at)


@pytest.fixture
def office(tmp_path):
    """Return an installation whose one department was told of a proposal."""
    return told(Office(tmp_path))


def told(office):
    office.welcomed()
    office.read(PROPOSAL, at=MONDAY - timedelta(hours=2))
    office.match("forslag", source="feed")
    assert "soil" in text_of(office.week(MONDAY)[0])
    return office


def test_the_next_document_is_told_without_a_match_of_its_own(office):
    office.read(PROPOSAL, REFERRAL, at=MONDAY + timedelta(days=3))
    (mail,) = office.week(MONDAY + WEEK)
    text = text_of(mail)
    assert "Ärendet går vidare: det är ute på remiss, svara senast lördag 15 augusti. Vi skrev om det 1 juni." in text
    assert "https://example.org/feed/remiss" in text
    assert "Tema" in text, "the department sees by which theme it follows the matter"
    assert mail["Subject"] == "Tema: svara senast 15 augusti"
    assert [fact for call, fact in office.facts() if call == "remiss"] == ["new", "deadline:2026-08-15"]
    (mail,) = office.week(MONDAY + 2 * WEEK)
    assert "remiss" not in text_of(mail).casefold(), "told once"


def test_its_last_day_is_a_promise_from_then_on(office):
    office.read(PROPOSAL, REFERRAL, at=MONDAY + timedelta(days=3))
    office.week(MONDAY + WEEK)
    later = MONDAY + 10 * WEEK
    office.read(PROPOSAL, replace(REFERRAL, deadlines=(day("2026-08-31"),)), at=later - timedelta(days=1))
    (mail,) = office.week(later)
    assert "Nytt sista datum: måndag 31 augusti (tidigare lördag 15 augusti)." in text_of(mail)


def test_a_decision_years_later_still_finds_who_was_told(office):
    decision = document("beslut", "Regulation (EU) 2029/12 on soil", datetime(2029, 1, 9, tzinfo=STOCKHOLM), text="COM(2026) 360")
    office.read(PROPOSAL, decision, at=datetime(2029, 1, 10, 5, tzinfo=STOCKHOLM))
    (mail,) = office.week(datetime(2029, 1, 15, 7, tzinfo=STOCKHOLM))
    assert "Ärendet går vidare: det finns ett beslut. Vi skrev om det 1 juni 2026." in text_of(mail)


def test_a_document_that_matches_says_what_it_follows(office):
    office.read(PROPOSAL, REFERRAL, at=MONDAY + timedelta(days=3))
    office.match("remiss", source="feed")
    office.week(MONDAY + WEEK)
    assert "Ärendet går vidare: det är ute på remiss" in text_of(office.server.taken[-1])


def test_what_moves_nothing_is_not_told(office):
    stranger = document("annat", "Remiss om vatten", MONDAY, "2026-08-15", text="COM(2026) 361")
    old = document("gammalt", "Faktapromemoria om mark", MONDAY - timedelta(days=400), text="COM(2026) 360")
    gone = document("borta", "Faktapromemoria 2025/26:FPM3", MONDAY, text="COM(2026) 360")
    office.read(PROPOSAL, stranger, old, gone, at=MONDAY + timedelta(days=1))
    for hours in (30, 40):
        office.read(PROPOSAL, stranger, old, at=MONDAY + timedelta(hours=hours))
    office.week(MONDAY + WEEK)
    assert {call for call, _ in office.facts()} == {"forslag"}
    kept = "SELECT call_id, new ->> 'call_id' FROM events WHERE type = 'dossier_moved'"
    assert office.rows(kept) == [("forslag", "borta")], "an older document that is found late moves nothing"


def test_the_first_reading_of_a_source_moves_nothing(office):
    referral = replace(REFERRAL, source="nya")
    office.crawl(referral, at=MONDAY + timedelta(days=3), source="nya")
    office.read(PROPOSAL, at=MONDAY + timedelta(days=3))
    office.week(MONDAY + WEEK)
    assert {call for call, _ in office.facts()} == {"forslag"}


def test_who_wants_sure_calls_alone_follows_the_matters_that_were_sure(tmp_path):
    addresses = ("anna@example.se", "bo@example.se")
    office = Office(tmp_path, recipients=[Recipient(department="kultur-fritid", email=address) for address in addresses])
    office.welcomed()
    with office.archive() as archive:
        archive.db.execute("UPDATE recipients SET pace = 'certain' WHERE email = ?", addresses[:1])
    doubtful = document("tveksamt", "Proposal for a Directive on water COM(2026) 361", MONDAY - timedelta(days=1))
    office.read(PROPOSAL, doubtful, at=MONDAY - timedelta(hours=2))
    office.match("forslag", source="feed")
    office.match("tveksamt", source="feed", level="trolig")
    office.week(MONDAY)
    water = document("vatten", "Remiss om vatten", MONDAY + timedelta(days=3), "2026-08-20", text="COM(2026) 361")
    office.read(PROPOSAL, doubtful, REFERRAL, water, at=MONDAY + timedelta(days=3))
    mails = {str(mail["To"]): text_of(mail) for mail in office.week(MONDAY + WEEK)}
    told = {address: ("Remiss om en förordning" in text, "Remiss om vatten" in text) for address, text in mails.items()}
    assert told == dict(zip(addresses, [(True, False), (True, True)], strict=True))
