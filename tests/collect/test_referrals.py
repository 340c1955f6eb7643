"""Last days to answer the government's referrals (remisser), on its own pages of two years."""

import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.article import Article, describe_item
from monitor.sources import Source
from monitor.vocabulary import Kind

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 1, 29, 8, tzinfo=STOCKHOLM)
ROW = Source(id="r", kind="feed", name="R", url="https://x.se/remisser/", language="sv", publishes=(Kind.POLICY, Kind.NEWS))
MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
# Written for this test alone, so that it does not read days as the program does.
DAY = re.compile(rf"(\d{{1,2}})\s+({'|'.join(MONTHS)})(?:\s+(\d{{4}}))?", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
LAST_DAY = re.compile(r"sista dag|senast|kommit in|inkommit", re.IGNORECASE)


def describe(title, text):
    return describe_item(Article(title=title, text=text), source=ROW, call_id="1", url="https://x.se/1", now=NOW)


def answer_days(title, text):
    found = describe(title, text)
    call = found.call or found.left_out_call
    return {deadline.at.astimezone(STOCKHOLM).date() for deadline in call.deadlines}, found.call


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Sista dagen att svara på remissen är den 14 april 2026.", date(2026, 4, 14)),
        ("Sista dag att svara på remissen är 2 mars 2026.", date(2026, 3, 2)),
        ("Remissvaren ska ha kommit in till departementet senast den 3 juni 2026.", date(2026, 6, 3)),
        ("Remissvaren ska ha kommit in senast den 10 mars.", date(2026, 3, 10)),
        ("Departementet önskar svar. Beslutet fattades den 3 november 2025.", None),
        ("Här kan du ta del av svaren.", None),
    ],
)
def test_the_last_day_to_answer_a_referral(text, day):
    days, call = answer_days("Remiss av promemorian Kommunernas badplatser", f"Här finns promemorian om badplatser. {text}")
    assert days == ({day} if day else set())
    assert call.kind is Kind.POLICY


def test_a_referral_about_admission_to_courses_is_policy():
    text = "Utredningen föreslår hur antagning till utbildning ska ske. Behörighet och antagning prövas av skolan. Remissvaren ska ha kommit in senast den 8 april 2026."
    days, call = answer_days("Remiss av promemorian Kontroll före antagning till yrkesutbildningar", text)
    assert (call.kind, days) == (Kind.POLICY, {date(2026, 4, 8)})


@pytest.mark.shared
def test_at_least_320_days_of_402_referrals_are_read_and_none_is_wrong(shared):
    path = shared / "data" / "open" / "g0vse" / "remisser_2025-2026.jsonl"
    if not path.is_file():
        pytest.skip("the government's referrals are not there")
    pages, read, wrong, lost = 0, 0, [], []
    for line in path.read_text("utf-8").splitlines():
        page = json.loads(line)
        title, _, text = page["markdown"].removeprefix("# ").partition("\n")
        pages += 1
        told = [hit for part in SENTENCE_END.split(text) if LAST_DAY.search(part) for hit in DAY.findall(part)]
        stated = {date(int(year), MONTHS.index(month.lower()) + 1, int(day)) for day, month, year in told if year}
        without_year = {(int(day), MONTHS.index(month.lower()) + 1) for day, month, year in told if not year}
        days, call = answer_days(title.partition("Diarienummer:")[0], text)
        read += bool(stated) and days == stated
        wrong += [(page["url"], day) for day in days - stated if (day.day, day.month) not in without_year]
        lost += [page["url"]] if call is None else []
    assert pages == 402
    assert read >= 320, read
    assert wrong == []
    assert lost == []
