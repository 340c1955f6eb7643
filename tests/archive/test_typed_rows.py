"""Rows that leave the archive have exactly the columns that their types name; shared tables are those that schema.py names."""

import re

import pytest

from monitor.archive import connection, schema
from monitor.archive.connection import Database
from monitor.archive.digests import find_digest_by_id, list_department_digests, list_recent_digests
from monitor.archive.feedback import call_history, current_state, list_department_answers, list_followed_calls
from monitor.archive.history import list_call_documents
from monitor.archive.lookup import CallFacts, call_facts
from monitor.archive.outbox import list_outbox
from monitor.archive.overrides import list_mail_notes, list_overrides
from monitor.archive.runs import list_runs
from monitor.archive.statistics import list_new_troubles, list_sources, matching_rule_version
from monitor.archive.theme_versions import theme_versions
from monitor.calls import CallKey
from tests.mailing import MONDAY, World, a_call

KEY = CallKey("portal", "1")
READS = {
    "call_facts": lambda db: call_facts(db, KEY),
    "call_history": lambda db: call_history(db, *KEY),
    "current_state": lambda db: current_state(db, "social", KEY),
    "find_digest_by_id": lambda db: find_digest_by_id(db, "2026-W23-social"),
    "list_call_documents": lambda db: list_call_documents(db, "portal", ""),
    "list_department_answers": lambda db: list_department_answers(db, "social"),
    "list_department_digests": lambda db: list_department_digests(db, "social"),
    "list_followed_calls": lambda db: list_followed_calls(db, "social", MONDAY),
    "list_mail_notes": lambda db: list_mail_notes(db, "2026-W23"),
    "list_new_troubles": lambda db: list_new_troubles(db, MONDAY),
    "list_outbox": lambda db: list_outbox(db),
    "list_overrides": lambda db: list_overrides(db),
    "list_recent_digests": lambda db: list_recent_digests(db, "social", 3),
    "list_runs": lambda db: list_runs(db, "portal"),
    "list_sources": lambda db: list_sources(db),
    "matching_rule_version": lambda db: matching_rule_version(db),
    "theme_versions": lambda db: theme_versions(db, "energi"),
}
ADDED = {"keys"}
"""Fields that a function adds to the rows of its query."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"))
    world.crawl(a_call("1", "2026-06-20"), at=MONDAY)
    return world


@pytest.mark.parametrize("name", READS)
def test_a_typed_row_has_the_columns_of_its_type(world, monkeypatch, name):
    seen = []

    def query_as(self, row_type, sql, values=()):
        columns = {column[0] for column in self.execute(sql, values).description}
        seen.append((row_type.__name__, columns ^ (set(row_type.__annotations__) - ADDED)))
        return list(self.query(sql, values))

    monkeypatch.setattr(Database, "query_as", query_as)
    with world.archive() as archive:
        READS[name](archive.db)
    assert seen
    assert [row for row in seen if row[1]] == []


def test_the_facts_of_a_call_have_the_fields_of_their_type(world):
    with world.archive() as archive:
        assert set(call_facts(archive.db, KEY)) == set(CallFacts.__annotations__)


def test_the_schema_names_the_tables_that_members_share():
    named = [set(found.split(", ")) for found in re.findall(r"\((\w+(?:, \w+)+)\)", " ".join(schema.__doc__.split()))]
    assert named == [set(connection.SHARED_TABLES), set(connection.MATCH_TABLES)]
