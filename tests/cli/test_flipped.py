"""Bytes of the archive that a disk has turned: each command ends with a sentence, whatever they were."""

import random
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.commands import Installation
from tests.mailing import MONDAY, WEEK, World, a_call
from tests.small_rules import write_rules

SETTINGS = (
    '[rules]\ndir = "rules"\n[[recipient]]\ndepartment = "kommunledning"\nemail = "k@example.se"\n'
    '[[source]]\nid = "portal"\nkind = "feed"\nname = "EU-portalen"\nurl = "https://example.org/"\n'
)
COMMANDS = (
    ["status"],
    ["search", "bibliotek"],
    ["match"],
    ["digest"],
    ["send"],
    ["show", "portal/1"],
    ["backup"],
    ["tidy"],
    ["note"],
)
NOW = (MONDAY + WEEK).isoformat()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return an installation with calls, matches and mails, its archive in one file."""
    place = Installation(tmp_path_factory.mktemp("whole"))
    write_rules(place.folder / "rules")
    place.configure(SETTINGS)
    world = World(place.folder / "data")
    world.crawl(at=MONDAY - WEEK)
    calls = [
        a_call(str(n), "2026-12-01", title=f"Ungdomsutbyten och bibliotek {n}", summary="Kommuner kan söka.") for n in range(40)
    ]
    world.crawl(*calls, at=MONDAY)
    for command in ("match", "digest", "send"):
        assert place.ask(command, now=MONDAY.isoformat()).code == 0
    with closing(sqlite3.connect(place.archive)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    return place


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_give_sentences_and_no_tracebacks(whole, tmp_path, seed):
    rng = random.Random(seed)
    content = bytearray(whole.archive.read_bytes())
    for _ in range(rng.choice([1, 20, 200, 2000])):
        content[rng.randrange(100, len(content))] ^= rng.randrange(1, 256)
    for number, command in enumerate(COMMANDS):
        place = Installation(shutil.copytree(whole.folder, tmp_path / str(number)))
        place.archive.write_bytes(bytes(content))
        outcome = place.ask(*command, now=NOW)  # an exception that is not ours would come through
        assert outcome.code in (0, 1), command
        if outcome.code == 1 and outcome.err:
            assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE calls SET data = substr(data, 1, length(data) / 2)",
        "UPDATE calls SET data = CAST(x'7b22c3' AS TEXT)",
        "UPDATE matches SET evidence = '[{\"found'",
        "UPDATE runs SET stats = '{{'",
        "UPDATE sources SET last_accepted = '2026-0x-01', last_run = '2026-0x-01'",
        "UPDATE calls SET first_seen = 'igår'",
        "UPDATE versions SET data = x'00ff'",
    ],
)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_damage_that_sqlite_does_not_see(whole, tmp_path, change, command):
    place = Installation(shutil.copytree(whole.folder, tmp_path / "eu"))
    with closing(sqlite3.connect(place.archive)) as db, db:
        db.execute(change)
    outcome = place.ask(*command, now=NOW)
    assert outcome.code in (0, 1)
    if "går inte att använda" in outcome.err:
        assert "filen är skadad; stoppa run och serve och återställ med monitor restore" in outcome.err


def test_a_file_of_something_else_is_not_taken_for_a_new_archive(whole, tmp_path):
    place = Installation(shutil.copytree(whole.folder, tmp_path / "eu"))
    with closing(sqlite3.connect(place.archive)) as db, db:
        db.execute("DROP TABLE _sqlite_migrations")
    outcome = place.ask("status", now=NOW)
    assert outcome.code == 1
    assert "filen är inget arkiv" in outcome.err
