"""Rows that are as they were: what is told apart, and that a mended reader reads them all again."""

from pathlib import Path

from monitor.archive.codec import encode_call
from monitor.collect.portal.rows import parse_row
from monitor.collect.programmes import Programmes
from monitor.collect.unchanged import KnownRows, reader_version
from tests.portal_rows import row

SPIDER = Path(__file__).parents[2] / "spiders" / "portal.py"


def known(one, version="1"):
    reader = KnownRows(version)
    return KnownRows(version, {one["reference"]: (reader.hash(one), encode_call(parse_row(one, "p")))})


def test_a_row_that_is_as_it_was_gives_the_call_that_was_read_from_it():
    one = row(1)
    reader = known(one)
    assert reader.call(one["reference"], reader.hash(one)) == parse_row(one, "p")
    assert reader.call("other", reader.hash(one)) is None


def test_a_change_of_any_field_is_seen_and_the_index_talking_of_itself_is_not():
    one = row(1)
    reader = known(one)
    for field in one["metadata"]:
        other = {**one, "metadata": {**one["metadata"], field: ["changed"]}}
        assert reader.call(one["reference"], reader.hash(other)) is None, field
    noise = {**one, "metadata": {**one["metadata"], "esDA_IngestDate": ["2026-05-28T04:00:00.000+0000"]}}
    assert reader.call(one["reference"], reader.hash(noise)) is not None


def test_another_reader_reads_everything_again(tmp_path):
    one = row(1)
    stored = known(one).rows
    assert KnownRows("2", stored).call(one["reference"], KnownRows("2").hash(one)) is None
    mended = tmp_path / "portal.py"
    mended.write_text(SPIDER.read_text("utf-8") + "# mended\n", "utf-8")
    versions = {
        reader_version(SPIDER, Programmes()),
        reader_version(mended, Programmes()),
        reader_version(SPIDER, Programmes([{"id": "life", "codes": ["43252405"]}])),
    }
    assert len(versions) == 3
    assert reader_version(SPIDER, Programmes()) in versions
