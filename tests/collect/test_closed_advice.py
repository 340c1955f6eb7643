"""Advice on a source whose items are all over: nothing needs to be changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.calls import Call, Deadline
from monitor.collect.advice import _row_advice
from monitor.collect.reading import SourceReading
from monitor.sources import Source
from monitor.vocabulary import Kind

NOW = datetime(2026, 11, 30, 8, tzinfo=ZoneInfo("Europe/Stockholm"))
SOURCE = Source(id="fonden", kind="page", name="Fonden", url="https://example.org/")


def advice_on(*calls):
    reading = SourceReading()
    for call in calls:
        reading.leave_out(call.call_id, "stängde för länge sedan", call)
    return [remedy.text for remedy in _row_advice(SOURCE, reading, (), NOW)]


def call(number, day, kind=Kind.CALL):
    at = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    dates = {"starts": at} if kind is Kind.EVENT else {"deadlines": (Deadline(at=at),)}
    return Call(source="fonden", call_id=str(number), title="Omgång", url="https://example.org/", kind=kind, **dates)


def test_rounds_that_have_all_closed_need_no_change():
    [text] = advice_on(call(1, "2026-03-01"), call(2, "2026-09-01"), call(3, "2026-10-01", Kind.EVENT))
    assert "har stängt eller redan varit" in text
    assert "publishes" not in text


def test_items_of_another_kind_may_need_another_row():
    [text] = advice_on(call(1, "2026-03-01"), call(2, "2027-09-01"))
    assert "ändra publishes" in text
