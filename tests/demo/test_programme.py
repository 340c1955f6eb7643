"""The demo's own work programme is in the layout that is read, on any day of the year, and says that it is an example."""

from datetime import date, timedelta

import pytest

from monitor.demo.programme import write_programme_sample
from monitor.documents.programmes import read_programme
from monitor.documents.reading import read_file


@pytest.mark.parametrize("today", [date(2026, 5, 20), date(2026, 11, 29), date(2028, 2, 29)])
def test_the_programme_is_read_as_one_of_the_commissions(tmp_path, today):
    read = read_file(str(write_programme_sample(tmp_path / "new", today, 2027)))
    assert (read.total, read.notes) == (3, ())
    assert "an example of the demo" in read.title
    assert read.version.startswith("Version 1.0 ")
    planned = read_programme(read.pages)
    assert [(one.identifier, one.amount) for one in planned] == [
        ("CERV-2027-CITIZENS-TOWN-TT", 5_000_000),
        ("CERV-2027-CITIZENS-TOWN-NT", 6_500_000),
        ("CERV-2027-CITIZENS-REM", 12_000_000),
        ("CERV-2027-CHILD", 15_000_000),
    ]
    for one in planned:
        assert one.title.startswith("Example: "), "never taken for a fact"
        assert one.quote in read.pages[one.page - 1].text
        assert today < one.opens.first < one.closes.first < today + timedelta(days=540)
    assert planned[0].opens.first == today + timedelta(days=95)
