"""Days to answer of real pages about consultations (remisser): read where a page states one, and never another."""

import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.article import Article, describe_item
from monitor.config import load_config

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
# Told apart from the reader under test: the days with their year behind words of answering.
STATED = re.compile(
    rf"(?:remissvar\w*|svara|svar på remissen|svaren|synpunkter\w*|yttrande\w*)[^.]*?(\d{{1,2}})\s({'|'.join(MONTHS)})\s(20\d\d)",
    re.I,
)
# Read by a person where the form above finds no day, or another day too: by the beginning of the page's name in its address.
BY_HAND = {
    # "senast den 10 mars", without a year; the page is of January 2025
    "remiss-av-rapporten-nationell-stodfunktion-for-ansvarsfull-internationalisering": {date(2025, 3, 10)},
    # "svaren från de som den 9 juli 2025 inbjöds": the day of the invitation
    "remiss-av-europeiska-kommissionens-forslag-till-nasta-ramprogram-for-forskning": {date(2025, 8, 21)},
}


def stated_days(row, text):
    """Return the days to answer that a page states, by a form of the test's own or by a person's reading."""
    name = row["url"].rstrip("/").rpartition("/")[2]
    for beginning, days in BY_HAND.items():
        if name.startswith(beginning):
            return days
    return {date(int(year), MONTHS.index(month.lower()) + 1, int(day)) for day, month, year in STATED.findall(text)}


@pytest.fixture(scope="module")
def pages(shared):
    """Return of each real page its address, the days that it states and those that the program reads."""
    source = load_config(None).source("regeringen-remisser")
    read = []
    for line in (shared / "data/open/g0vse/remisser_2025-2026.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        title, _, markdown = row["markdown"].lstrip("# ").partition("\n")
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", markdown.strip())  # a line's end within a paragraph is a blank in the page
        described = describe_item(
            Article(title=title, text=text),
            source=source,
            call_id=row["url"],
            url=row["url"],
            now=datetime(2026, 1, 29, tzinfo=ZoneInfo("Europe/Stockholm")),
        )
        assert described.call is not None, row["url"]
        read.append((row["url"], stated_days(row, text), {deadline.at.date() for deadline in described.call.deadlines}))
    return read


def test_the_day_is_read_on_pages_that_state_one(pages):
    assert len(pages) == 402
    assert sum(bool(stated and days) for _, stated, days in pages) >= 335
    assert len([url for url, stated, days in pages if stated and not days]) <= 5


def test_no_other_day_is_read_on_any_page(pages):
    assert [page for page in pages if not page[2] <= page[1]] == []
    assert [page for page in pages if len(page[2]) > 1] == []
