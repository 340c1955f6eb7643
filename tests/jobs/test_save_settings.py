"""Saving of settings: one at a time, in one step, with history, whatever ends the process; and settings that are read again."""

import os
import signal
import stat
import threading
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest

from monitor.archive import lock, open_archive
from monitor.archive.setting_changes import list_changes
from monitor.config import CurrentConfig, load_config
from monitor.jobs import save_settings
from monitor.jobs.child import ProcessResult
from monitor.jobs.due import Lane
from monitor.jobs.save_settings import read_text, save_edits, undo_edits
from monitor.schedule import Worker
from monitor.toml_edit import Edit, EditError, EditRequest, mark_of

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
CRAWL = ("schedule", "crawl")
TEXT = '# Vår fil\n[schedule]\ncrawl = "05:30"  # tidigt\n' + "# fyllnad\n" * 3000


@pytest.fixture
def config(tmp_path):
    (tmp_path / "monitor.toml").write_text(TEXT, "utf-8")
    (tmp_path / "monitor.toml").chmod(0o640)
    config = load_config(tmp_path / "monitor.toml")
    with open_archive(config.archive):
        pass
    return config


def request(value, *, place=CRAWL, mark="", **more):
    return EditRequest(**{"file": "monitor.toml", "edits": (Edit(place, value),), "mark": mark, "who": "Anna", **more})


def save(config, wanted, **more):
    with open_archive(config.archive) as archive:
        return save_edits(archive, config, wanted, NOW, **more)


def history(config):
    with open_archive(config.archive) as archive:
        return list_changes(archive.db)


def test_a_saved_change_is_in_the_file_and_in_the_history_and_can_be_undone(config):
    outcome = save(config, request("06:00", note="Sovmorgon"))
    assert outcome.saved
    assert config.path.read_text("utf-8") == TEXT.replace("05:30", "06:00")
    (stored,) = history(config)
    assert (stored.who, stored.note, stored.file) == ("Anna", "Sovmorgon", "monitor.toml")
    assert [(item.place, item.old, item.new) for item in stored.differences] == [(CRAWL, "05:30", "06:00")]
    with open_archive(config.archive) as archive:
        assert undo_edits(archive, config, stored.id, "Bo", NOW).saved
    assert config.path.read_text("utf-8") == TEXT
    assert history(config)[0].who == "Bo"


def test_the_file_keeps_its_mode_and_a_link_stays_a_link(config, tmp_path):
    real = tmp_path / "etc.toml"
    config.path.rename(real)
    config.path.symlink_to(real)
    assert save(config, request("06:00")).saved
    assert config.path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "06:00" in real.read_text("utf-8")


def test_a_value_that_the_settings_refuse_is_not_saved(config):
    outcome = save(config, request("25:00"))
    assert outcome.problems
    assert "schedule.crawl" in outcome.problems[0]
    assert config.path.read_text("utf-8") == TEXT
    assert history(config) == []


def test_a_dry_run_checks_and_saves_nothing(config):
    outcome = save(config, request("06:00", dry_run=True))
    assert outcome.saved
    assert [change.new for change in outcome.differences] == ["06:00"]
    assert config.path.read_text("utf-8") == TEXT
    assert history(config) == []


def test_a_file_changed_since_the_mark_was_taken_is_a_conflict_with_both_values(config):
    mark = mark_of(read_text(config, "monitor.toml"), [CRAWL])
    config.path.write_text(TEXT.replace("05:30", "04:00"), "utf-8")
    outcome = save(config, request("06:00", mark=mark))
    assert outcome.conflict
    assert outcome.present == {CRAWL: "04:00"}
    assert "04:00" in config.path.read_text("utf-8")


def test_only_the_files_of_settings_can_be_written(config):
    for file in ("../etc/passwd", "themes/kultur.toml", "fit.toml", "monitor.toml.partial"):
        assert save(config, request("x", file=file)).problems
    assert save(config, request(7.0, file="departments.toml", place=("department", "linden", "threshold"))).problems, "shipped"
    with pytest.raises(EditError):
        read_text(config.model_copy(update={"path": None}), "monitor.toml")


def test_two_who_save_at_once_wait_for_each_other(config, monkeypatch):
    monkeypatch.setattr(save_settings, "LOCK_WAIT_SECONDS", 0.05)
    with lock(config.data_dir, "settings"):
        assert save(config, request("06:00")).problems == ("Någon annan sparar just nu. Vänta några sekunder och försök igen.",)
    monkeypatch.undo()
    places = [("schedule", key) for key in ("crawl", "backup")]
    threads = [threading.Thread(target=save, args=(config, request("03:10", place=place))) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    schedule = load_config(config.path).schedule
    assert (schedule.crawl, schedule.backup) == ("03:10", "03:10")
    assert len(history(config)) == 2


def test_a_reading_under_way_keeps_nobody_from_saving(config):
    with lock(config.data_dir):
        assert save(config, request("06:00")).saved


def _save_and_die(path, step):
    config = load_config(path)

    def reach(reached):
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    if step == "replace":
        os.replace = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        type(path).replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    save(config, request("06:00"), reach=reach)


@pytest.mark.parametrize("step", ["history", "write", "replace", "done"])
def test_a_kill_at_any_step_leaves_the_old_file_or_the_new_and_the_next_save_works(config, step):
    process = get_context("fork").Process(target=_save_and_die, args=(config.path, step))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    new = TEXT.replace("05:30", "06:00")
    assert config.path.read_text("utf-8") == (new if step == "done" else TEXT)
    assert load_config(config.path).schedule.crawl == ("06:00" if step == "done" else "05:30")
    # A change that is in the history and never came into the file is seen there by its value.
    assert len(history(config)) == (0 if step == "history" else 1)
    assert save(config, request("07:00")).saved
    assert load_config(config.path).schedule.crawl == "07:00"
    assert list(config.path.parent.glob("*.partial")) == []


def test_a_file_that_cannot_be_written_is_said_and_leaves_no_history(config, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(save_settings, "write_atomically", refuse)
    outcome = save(config, request("06:00"))
    assert "rättigheter saknas" in outcome.problems[0]
    assert history(config) == []


def test_settings_are_read_again_after_a_change_and_the_last_sound_ones_stay(config):
    current = CurrentConfig(config)
    assert current.get() is config
    save(config, request("06:00"))
    assert current.get().schedule.crawl == "06:00"
    assert current.get() is current.get()
    config.path.write_text('[schedule]\ncrawl = "sent"\n', "utf-8")
    assert current.get().schedule.crawl == "06:00"
    assert "schedule.crawl" in current.error
    config.path.write_text('data_dir = "annan"\n[schedule]\ncrawl = "06:30"\n', "utf-8")
    assert current.get().schedule.crawl == "06:30"
    assert current.error == ""
    assert current.get().data_dir == config.data_dir, "a running program stays at its archive"
    config.path.unlink()
    assert current.get().schedule.crawl == "06:30"


def test_the_scheduler_takes_up_a_new_time_without_a_restart(config):
    seen, now = [], [NOW]

    def execute(config, due, limit):
        seen.append(config.schedule.crawl)
        return ProcessResult("done", 0)

    worker = Worker([config], lambda: now[0], execute)
    worker.begin()
    worker.work(Lane.ARCHIVE)
    before = len(seen)
    save(config, request("06:00"))
    now[0] += timedelta(days=1)
    worker.work(Lane.ARCHIVE)
    assert before
    assert len(seen) > before
    assert seen == ["05:30"] * before + ["06:00"] * (len(seen) - before)
