"""Days to answer of real pages about consultations (remisser): read where a page states one, and never another."""

import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

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
# Told apart from the reader under test: the first day with its year behind words of answering.
STATED = re.compile(
    rf"(?:remissvar\w*|svara|svaren|synpunkter\w*|yttrande\w*)[^.]*?(\d{{1,2}}) ({'|'.join(MONTHS)}) (20\d\d)", re.I
)


def test_the_day_is_read_on_pages_that_state_one(shared):
    source = load_config(None).source("regeringen-remisser")
    read, missed, wrong = 0, [], []
    for line in (shared / "data/open/g0vse/remisser_2025-2026.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        title, _, markdown = row["markdown"].lstrip("# ").partition("\n")
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", markdown.strip())  # a line's end within a paragraph is a blank in the page
        stated = {date(int(year), MONTHS.index(month.lower()) + 1, int(day)) for day, month, year in STATED.findall(text)}
        described = describe_item(
            Article(title=title, text=text),
            source=source,
            call_id=row["url"],
            url=row["url"],
            now=datetime(2026, 1, 29, tzinfo=ZoneInfo("Europe/Stockholm")),
        )
        assert described.call is not None, row["url"]
        days = {deadline.at.date() for deadline in described.call.deadlines}
        if stated and not days:
            missed.append(row["url"])
        elif stated and not days <= stated:
            wrong.append((row["url"], stated, days))
        else:
            read += bool(stated)
    assert read >= 320
    assert wrong == []
    assert len(missed) <= 5
