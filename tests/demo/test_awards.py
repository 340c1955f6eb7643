"""The demo's own lists of funded projects are in the publishers' formats and show everything that lists can show."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from monitor.awards.chances import read_competition
from monitor.awards.history import earlier_rounds
from monitor.awards.municipal import own_projects, partner_places
from monitor.awards.organisations import Sureness
from monitor.awards.reconcile import Outcome, parse_list, reconcile
from monitor.awards.rounds import import_rounds, stored_rounds
from monitor.awards.seasons import Seasons
from monitor.awards.store import import_source, open_awards
from monitor.awards.updates import import_updates, updates_of
from monitor.demo.awards import own_list, write_award_samples


@pytest.mark.parametrize("today", [date(2026, 11, 29), date(2028, 2, 29)])
def test_the_lists_are_imported_and_tell_something(tmp_path, today):
    write_award_samples(tmp_path, today)
    now = datetime(2026, 11, 29, tzinfo=UTC)
    with open_awards(tmp_path / "awards.db") as db:
        for source in ("portal", "esf"):
            report = import_source(db, source, sorted((tmp_path / source).iterdir()), now)
            assert report.projects >= 3
            assert not report.skipped
        found = earlier_rounds(db, "LIFE-2026-SAP-NAT-NATURE", "Nässjö")
        assert (found.projects, [one.name for one in found.municipalities]) == (6, ["Växjö", "Uppsala"])
        assert found.grants is not None
        assert all(one.title.startswith("Example: ") for one in found.listed), "never taken for a fact"
        own = own_projects(db, "Nässjö")
        assert Counter(one.sureness for one in own) == {Sureness.SURE: 4, Sureness.RELATED: 1, Sureness.LOCATED: 1}
        sure = [one for one in own if one.sureness is Sureness.SURE]
        assert len({one.year for one in sure}) >= 2, "a chart over years"
        assert {len(partner_places(db, one)) for one in sure} == {0, 3}
        outcomes = reconcile(parse_list(own_list()), own)
        assert {one.outcome for one in outcomes} == set(Outcome)
        assert [one.listed.project for one in outcomes if one.differs] == ["Exempel: yrkessvenska i äldreomsorgen"]
        import_updates(db, sorted((tmp_path / "portal-updates").iterdir()))
        ((code, told),) = updates_of(db, "LIFE", lambda code: True)
        competition = read_competition(told, code)
        assert (competition.funded, competition.budget) == (found.projects, 4_100_000)
        import_rounds(db, sorted((tmp_path / "closed-calls").iterdir()))
        ahead = Seasons(stored_rounds(db)).upcoming(today)
    assert len([one for one in ahead if one.dated == 3 and len(one.years) == 3]) >= 3
