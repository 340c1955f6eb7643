"""Matching the archive, explaining its calls, comparing and counting over it, and making examples of answers."""

import json
from datetime import timedelta

import pytest

from monitor.archive import open_archive, statistics
from monitor.archive.calls import correct_field
from monitor.archive.feedback import read_answers
from monitor.archive.matches import rule_files
from monitor.config import load_config
from monitor.errors import ArchiveError, ConfigError, RuleErrors
from monitor.jobs.match import explain_call, match_archive
from monitor.jobs.rules import compare_folders, load_checked, load_or_last, make_example, report_archive
from monitor.jobs.status import rule_errors
from monitor.matching.rules import load
from monitor.matching.rules.check import check_files
from monitor.matching.rules.load import load_rules, load_texts
from tests.matching.archived import NOW, sample_calls, store_calls
from tests.matching.rules import FILES, YOUTH, a_call, small_rules, write_rules


@pytest.fixture(scope="module")
def rules():
    return small_rules()


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive.db") as opened:
        store_calls(opened.db, sample_calls())
        yield opened


@pytest.fixture
def config(tmp_path):
    write_rules(tmp_path / "rules")
    (tmp_path / "monitor.toml").write_text('[rules]\ndir = "rules"\n', "utf-8")
    return load_config(tmp_path / "monitor.toml")


def stored(archive):
    return [dict(row) for row in archive.db.query("SELECT * FROM matches ORDER BY call_id, department")]


def answered(archive, answer, call_id, department="kultur"):
    cursor = archive.db.execute(
        "INSERT INTO feedback (at, department, source, call_id, answer) VALUES (?, ?, 'test', ?, ?)",
        [NOW.isoformat(), department, call_id, answer],
    )
    archive.db.commit()
    return cursor.lastrowid


def test_the_archive_is_matched_and_the_numbers_said(archive, rules):
    report = match_archive(archive, rules, NOW)
    assert (report.calls, report.matches, report.departments) == (9, 4, {"kultur": 3, "teknik": 1})
    rows = stored(archive)
    assert {(row["call_id"], row["department"]) for row in rows} == {
        ("Youth exchange", "kultur"),
        ("Youth exchange last year", "kultur"),
        ("Energieffektivisering", "kultur"),
        ("Energieffektivisering", "teknik"),
    }
    row = next(row for row in rows if row["call_id"] == "Youth exchange")
    assert [theme["id"] for theme in json.loads(row["themes"])] == ["ungdom"]
    assert {"Youth exchange", "young people"} <= {item["found"] for item in json.loads(row["evidence"])}
    assert json.loads(row["fit_card"])["municipality"] == "ja"
    assert row["rule_version"] == rules.version


def test_matching_again_keeps_since_when_a_match_stands_and_drops_what_no_longer_matches(archive, rules):
    match_archive(archive, rules, NOW)
    before = {(row["call_id"], row["department"]): row["matched_at"] for row in stored(archive)}
    fewer = small_rules(ungdom=YOUTH.replace('"researchers only"', '"researchers only", "last year"'))
    match_archive(archive, fewer, NOW + timedelta(days=1))
    after = {(row["call_id"], row["department"]): row["matched_at"] for row in stored(archive)}
    assert set(before) - set(after) == {("Youth exchange last year", "kultur")}
    assert all(before[key] == moment for key, moment in after.items())
    assert load_texts(rule_files(archive.db, rules.version)).version == rules.version


def test_a_persons_correction_is_matched(archive, rules):
    correct_field(archive.db, "test", "Stöd", "title", "Ungdomsutbyten för alla", who="eu@example.se", now=NOW)
    match_archive(archive, rules, NOW)
    assert ("Stöd", "kultur") in {(row["call_id"], row["department"]) for row in stored(archive)}


def test_a_crash_while_storing_leaves_the_old_matches(archive, rules, monkeypatch):
    match_archive(archive, rules, NOW)
    before = stored(archive)
    monkeypatch.setattr("monitor.archive.matches._column_value", lambda value: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        match_archive(archive, rules, NOW)
    assert stored(archive) == before


@pytest.mark.parametrize(
    ("call", "step"),
    [
        ("ERASMUS-2026-A", "matched"),
        ("finns-inte", "not-in-archive"),
        ("OLD-1", "not-current"),
        ("JOBB-1", "not-a-call"),
        ("NEWS-1", "not-a-call"),
        ("ERASMUS-2026-VETO", "vetoed"),
        ("ERASMUS-2026-SHORT", "below-threshold"),
        ("SKANE-1", "outside"),
        ("MYND-1", "fit-nej"),
    ],
)
def test_why_names_the_step(archive, rules, config, call, step):
    (found,) = explain_call(archive, rules, config, call, "kultur", NOW)
    assert found.step == step


def test_why_knows_what_was_told_and_since_when_a_call_is_gone(archive, rules, config):
    archive.db.execute(
        "INSERT INTO digests (id, department, week, kind, state, created, items, sections)"
        " VALUES ('d1', 'kultur', '2026-W20', 'weekly', 'sent', '2026-05-11T22:00:00+00:00', 1, '{}')"
    )
    archive.db.execute(
        "INSERT INTO digest_items (digest, department, source, call_id, section, fact, position, shown, told)"
        " VALUES ('d1', 'kultur', 'test', 'Youth exchange', 'new', 'new', 1, 'card', '2026-05-11T22:30:00+00:00')"
    )
    (told,) = explain_call(archive, rules, config, "ERASMUS-2026-A", "kultur", NOW)
    assert (told.step, told.text) == ("told", "Kultur och fritid fick veta det 12 maj 2026.")
    archive.db.execute("UPDATE calls SET vanished_at = '2026-05-15T08:00:00+00:00' WHERE identifier = 'ERASMUS-2026-A'")
    (gone,) = explain_call(archive, rules, config, "ERASMUS-2026-A", "kultur", NOW)
    assert gone.step == "not-current"


def test_why_answers_for_every_department(archive, rules, config):
    found = explain_call(archive, rules, config, "LIFE-2026-B", None, NOW)
    assert [(item.department, item.step) for item in found] == [("kultur", "matched"), ("teknik", "matched")]


def test_why_refuses_what_it_does_not_know(archive, rules, config):
    with pytest.raises(ConfigError, match="kultur, teknik"):
        explain_call(archive, rules, config, "LIFE-2026-B", "vatten", NOW)
    store_calls(archive.db, [*sample_calls(), a_call("Another", identifier="LIFE-2026-B")])
    with pytest.raises(ArchiveError, match="är flera utlysningar"):
        explain_call(archive, rules, config, "LIFE-2026-B", "kultur", NOW)


def test_comparing_two_folders_over_the_archive(archive, tmp_path):
    old = write_rules(tmp_path / "old")
    new = write_rules(
        tmp_path / "new", **{"themes/ungdom.toml": FILES["themes/ungdom.toml"].replace("weight = 2\nin", "weight = 6\nin")}
    )
    comparison, _ = compare_folders(archive, old, new)
    assert [item.call_id for item in comparison.departments["kultur"].gained] == ["Stöd"]
    assert comparison.departments["kultur"].unchanged == 3
    assert comparison.calls == 9


def test_the_report_counts_answers(archive, rules):
    answered(archive, "inte-for-oss", "Youth exchange")
    rows = {(row.theme, row.signal): row for row in report_archive(archive, rules).signals}
    assert rows["ungdom", "utbyte"].unwanted == 1
    assert rows["energi", "energi"].unwanted == 0


def test_an_answer_becomes_an_example_and_rules_check_demands_it(archive, config):
    number = answered(archive, "inte-for-oss", "Youth exchange")
    path, errors = make_example(archive, config, number, None, NOW)
    assert path == config.rules_dir / "themes" / "ungdom.toml"
    assert [error.file for error in errors] == ["themes/ungdom.toml"]
    assert "'Youth exchange' ska inte träffa, men gör det" in errors[0].problem
    (given,) = read_answers(archive.db)
    assert (given.theme, given.handled_at is not None) == ("ungdom", True)


def test_an_interested_answer_is_an_example_that_already_holds(archive, config):
    path, errors = make_example(archive, config, answered(archive, "intressant", "Energieffektivisering", "teknik"), None, NOW)
    assert (path.name, errors) == ("energi.toml", [])
    assert "teknik svarade intressant 2026-05-20" in path.read_text("utf-8")


def test_an_answer_that_is_not_there_or_has_no_theme_is_refused(archive, config):
    with pytest.raises(ArchiveError, match="svar 99"):
        make_example(archive, config, 99, None, NOW)
    number = answered(archive, "intressant", "Youth exchange")
    with pytest.raises(ConfigError, match="okänt är inget tema"):
        make_example(archive, config, number, "okänt", NOW)


def test_broken_rules_leave_the_last_good_ones_in_force_and_say_so(archive, config):
    theme = config.rules_dir / "themes" / "ungdom.toml"
    sound = theme.read_text("utf-8")
    theme.write_text(sound.replace('["kultur"]', '["kulturen"]'), "utf-8")
    with pytest.raises(RuleErrors, match="kulturen"):
        load_or_last(archive, config.rules_dir)
    theme.write_text(sound, "utf-8")
    good, errors = load_or_last(archive, config.rules_dir)
    assert errors == ()
    match_archive(archive, good, NOW)
    theme.write_text(sound.replace('["kultur"]', '["kulturen"]'), "utf-8")
    kept, errors = load_or_last(archive, config.rules_dir)
    assert kept.version == good.version
    assert [(error.file, error.line) for error in errors] == [("themes/ungdom.toml", 5)]


def test_status_checks_rule_files_again_only_when_they_are_not_those_that_matched_last(archive, config, monkeypatch):
    assert rule_errors(config, archive) == []
    good = load_rules(config.rules_dir)
    match_archive(archive, good, NOW)
    with monkeypatch.context() as patched:
        patched.setattr("monitor.matching.rules.load.load_rules", lambda folder: pytest.fail("checked again"))
        assert rule_errors(config, archive) == []
    theme = config.rules_dir / "themes" / "ungdom.toml"
    sound = theme.read_text("utf-8")
    theme.write_text(sound.replace('["kultur"]', '["kulturen"]'), "utf-8")
    assert "kulturen" in rule_errors(config, archive)[0]
    theme.write_text(sound, "utf-8")
    (config.rules_dir / "themes" / "nytt.toml").write_text("[theme]\n", "utf-8")
    assert "nytt.toml" in rule_errors(config, archive)[0]
    (config.rules_dir / "themes" / "nytt.toml").unlink()
    theme.write_bytes(b"\xff")
    assert "UTF-8" in rule_errors(config, archive)[0]


def test_rules_that_are_taken_back_are_in_force_again(archive, config):
    first = load_rules(config.rules_dir)
    match_archive(archive, first, NOW)
    theme = config.rules_dir / "themes" / "ungdom.toml"
    theme.write_text(theme.read_text("utf-8").replace("weight = 4", "weight = 5", 1), "utf-8")
    second = load_rules(config.rules_dir)
    assert second.version != first.version
    match_archive(archive, second, NOW + timedelta(days=1))
    assert statistics.matching_rule_version(archive.db)["hash"] == second.version
    match_archive(archive, first, NOW + timedelta(days=2))
    assert statistics.matching_rule_version(archive.db)["hash"] == first.version


def test_rules_that_this_program_found_sound_are_not_tried_again_and_all_others_are(archive, config, monkeypatch):
    match_archive(archive, load_rules(config.rules_dir), NOW)
    with monkeypatch.context() as patched:
        patched.setattr("monitor.matching.rules.load.check_files", lambda found: pytest.fail("tried again"))
        assert load_checked(archive, config.rules_dir).version == load_rules_version(archive)
    monkeypatch.setattr("monitor.jobs.rules.program", lambda: "a newer one")
    theme = config.rules_dir / "themes" / "ungdom.toml"
    theme.write_text(theme.read_text("utf-8").replace('["kultur"]', '["kulturen"]'), "utf-8")
    with pytest.raises(RuleErrors, match="kulturen"):
        load_checked(archive, config.rules_dir)


def test_a_newer_program_tries_the_same_rules_again(archive, config, monkeypatch):
    match_archive(archive, load_rules(config.rules_dir), NOW)
    monkeypatch.setattr("monitor.jobs.rules.program", lambda: "a newer one")
    load._load.cache_clear()  # as in a new process
    tried = []
    monkeypatch.setattr("monitor.matching.rules.load.check_files", lambda found: tried.append(found) or check_files(found))
    load_checked(archive, config.rules_dir)
    assert len(tried) == 1


def load_rules_version(archive):
    return statistics.matching_rule_version(archive.db)["hash"]
