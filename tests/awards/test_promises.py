"""Forecasts are promises: made once, joined to the round that came, judged, and told to those whom they concern."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import open_archive
from monitor.awards.promises import Promise, list_promises, promise_of, promises_ahead, save_promises, update_promises
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome, Round, Seasons, judge_promise
from monitor.digest.answers import Signer
from monitor.digest.model import ExpectedRound
from monitor.digest.render import load_templates, render_mail
from monitor.digest.sample import AUDIENCE, samples
from monitor.jobs.seasons import expected_rounds_for
from monitor.paths import DIGESTS
from monitor.vocabulary import MailKind
from tests.awards import files
from tests.awards.test_commands import configured

FORECAST = Forecast(
    family="LIFE-SAP-NAT", title="Nature and biodiversity", programme="LIFE", year=2027, month=date(2027, 4, 1),
    earliest=date(2027, 4, 1), latest=date(2027, 5, 1), years=(2024, 2025, 2026), dated=3, basis=Basis.FAMILY,
    latest_code="LIFE-2026-SAP-NAT",
)  # fmt: skip
TODAY = date(2026, 11, 28)


def nature(*openings):
    return Seasons(Round(f"LIFE-{year}-SAP-NAT", "Nature and biodiversity", "LIFE", opens) for year, opens in openings)


SEEN = [(2024, date(2024, 4, 18)), (2025, date(2025, 4, 24)), (2026, date(2026, 5, 5))]


@pytest.mark.parametrize(
    ("opened", "today", "verdict"),
    [
        (date(2027, 4, 20), date(2027, 5, 1), PromiseOutcome.KEPT),
        (date(2027, 3, 30), date(2027, 5, 1), PromiseOutcome.KEPT),
        (date(2027, 2, 1), date(2027, 5, 1), PromiseOutcome.EARLY),
        (date(2027, 6, 1), date(2027, 7, 1), PromiseOutcome.LATE),
        (date(2027, 6, 1), date(2027, 5, 1), None),
        (None, date(2027, 11, 1), None),
        (None, date(2027, 12, 1), PromiseOutcome.MISSED),
    ],
)
def test_a_promise_is_judged_by_the_day_that_came(opened, today, verdict):
    assert judge_promise(FORECAST, opened, today) is verdict


def test_a_promise_is_made_once_and_its_month_never_changes():
    (made,) = update_promises(nature(*SEEN), [], lambda forecast: {"miljo"}, TODAY)
    assert (made.forecast.month, made.departments, made.code) == (date(2027, 5, 1), ("miljo",), "")
    assert update_promises(nature(*SEEN), [made], lambda forecast: {"miljo"}, TODAY) == []
    (moved,) = update_promises(nature(*SEEN), [made], lambda forecast: {"miljo", "kultur"}, TODAY)
    assert (moved.departments, moved.forecast) == (("kultur", "miljo"), made.forecast)
    early = [*SEEN, (2027, date(2027, 2, 1))]
    judged = update_promises(nature(*early), [made], lambda forecast: {"miljo"}, date(2027, 3, 1))
    (came,) = [one for one in judged if one.forecast.year == 2027]
    assert (came.code, came.opened, came.verdict) == ("LIFE-2027-SAP-NAT", date(2027, 2, 1), PromiseOutcome.EARLY)
    again = update_promises(nature(*SEEN, (2027, date(2027, 9, 1))), [came], lambda forecast: {"miljo"}, date(2027, 10, 1))
    assert all(one.forecast.year != 2027 for one in again), "a judgement stands"


def test_one_round_promises_nothing():
    assert update_promises(nature(SEEN[0]), [], lambda forecast: {"miljo"}, TODAY) == []


def test_promises_are_kept_in_the_archive_and_found_by_the_call(tmp_path):
    promise = Promise(forecast=FORECAST, departments=("miljo",), made=TODAY)
    with open_archive(tmp_path / "archive.db") as archive:
        save_promises(archive.db, [promise, replace(promise, forecast=replace(FORECAST, year=2026), verdict=PromiseOutcome.KEPT)])
        assert promise in list_promises(archive.db)
        assert promise_of(archive.db, "LIFE-2027-SAP-NAT", "Nature", "LIFE") == promise
        assert promise_of(archive.db, "LIFE-2028-SAP-NAT", "Nature", "LIFE") is None
        assert promises_ahead(list_promises(archive.db), "miljo", TODAY) == [promise]
        assert promises_ahead(list_promises(archive.db), "miljo", date(2027, 6, 1)) == []
        assert promises_ahead(list_promises(archive.db), "kultur", TODAY) == []
        now = datetime(2026, 11, 30, 7, tzinfo=ZoneInfo("Europe/Stockholm"))
        save_promises(archive.db, [replace(promise, forecast=replace(FORECAST, year=2027 + n), made=TODAY) for n in range(7)])

        def told(previous, at=now):
            return len(expected_rounds_for(archive.db, "miljo", previous, at, ["sv", "en"]))

        assert told("") == 0, "the first mail has enough to tell"
        assert told("2026-W47") == 0, "the mail of the same month has told it"
        assert told("2026-W43") == told("2026-W48", now.replace(month=12, day=7)) == 5


def test_a_month_that_has_passed_is_not_told_as_coming(tmp_path):
    wide = replace(FORECAST, month=date(2026, 10, 1), earliest=date(2026, 9, 1), latest=date(2027, 2, 1))
    promise = Promise(forecast=wide, departments=("miljo",), made=date(2026, 8, 3))
    assert promises_ahead([promise], "miljo", date(2026, 10, 31)) == [promise]
    assert promises_ahead([promise], "miljo", date(2026, 11, 1)) == []
    with open_archive(tmp_path / "archive.db") as archive:
        save_promises(archive.db, [promise])
        zone = ZoneInfo("Europe/Stockholm")

        def told(*now):
            return expected_rounds_for(archive.db, "miljo", "2026-W20", datetime(*now, 7, tzinfo=zone), ["sv"])

        assert len(told(2026, 10, 5)) == 1
        assert told(2026, 11, 2) == ()


def test_nothing_is_promised_of_a_month_that_has_passed():
    spread = [(2024, date(2024, 9, 1)), (2025, date(2025, 9, 1)), (2025, date(2025, 12, 1)), (2026, date(2025, 12, 1))]
    for today in (date(2026, month, 15) for month in range(1, 13)):
        for one in update_promises(nature(*spread), [], lambda forecast: {"miljo"}, today):
            assert one.forecast.month >= today.replace(day=1)


def test_the_mail_names_what_is_likely_to_come():
    sample = samples()[MailKind.WEEKLY]
    line = "Brukar öppna i april, nästa 2027 (tre år i rad)"
    round_ = ExpectedRound(title="Nature <b>and</b> biodiversity", language="en", lines={"sv": line})
    signer = Signer(b"k" * 32)
    occasion = replace(sample.occasion, expected=(round_,))
    (mail,) = render_mail(load_templates((DIGESTS,)), sample.selection, AUDIENCE, occasion, signer).renderings
    assert "Kommer troligen" in mail.html
    assert line in mail.html
    assert "Kommer troligen" in mail.text.title() or "KOMMER TROLIGEN" in mail.text or "Kommer troligen" in mail.text
    assert "<b>and</b>" not in mail.html
    assert f"/forvaltning/{AUDIENCE.department}#kommer" in mail.html
    (plain,) = render_mail(load_templates((DIGESTS,)), sample.selection, AUDIENCE, sample.occasion, signer).renderings
    assert "Kommer troligen" not in plain.html


def test_matching_keeps_promises_and_season_tells_how_they_turned_out(tmp_path):
    installation = configured(tmp_path)

    def closed(*openings):
        return {"apiVersion": "2", "results": [
            {"metadata": {"type": ["1"], "identifier": [f"LIFE-{year}-SAP-NAT"], "title": ["Nature and biodiversity"],
                          "startDate": [f"{opens}T00:00:00.000+0000"]}}
            for year, opens in openings
        ]}  # fmt: skip

    def match(now, *openings):
        path = files.write_json(tmp_path / "c.json", closed(*openings))
        assert installation.ask("awards", "import", "closed-calls", str(path)).code == 0
        assert installation.ask("match", now=now).code == 0
        return installation.ask("season", "--json", now=now).json

    seen = [(year, opens.isoformat()) for year, opens in SEEN]
    assert match("2026-11-28T12:00", *seen)["judged"] == []
    (judged,) = match("2027-05-20T12:00", *seen, (2027, "2027-05-10"))["judged"]
    assert (judged["code"], judged["verdict"], judged["month"]) == ("LIFE-2027-SAP-NAT", "kept", "2027-05-01")
    assert judged["line"] == "Väntades i maj 2027, öppnade i maj 2027: prognosen stämde."
    (tmp_path / "data" / "awards.db").write_bytes(b"x" * 5000)
    assert installation.ask("match", now="2027-05-21T12:00").code == 0, "a damaged list of projects stops no matching"
