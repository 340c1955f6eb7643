"""Saving of a theme and of a file of concepts: kill -9 at any step leaves the old file or the new one, and both texts are kept."""

import os
import signal
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from monitor.archive import open_archive
from monitor.archive.theme_versions import theme_versions
from monitor.config import load_config
from monitor.files import PARTIAL_SUFFIX
from monitor.jobs import save_rules
from monitor.jobs.save_rules import save_rule_text
from monitor.toml_edit import TextRequest, text_mark
from tests.small_rules import write_rules

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
FILES = {"themes/utbyten.toml": "utbyten", "concepts/vanorter.toml": "begrepp-vanorter"}
CONCEPTS = 'title = "Vänorter"\n[[concept]]\nid = "vanort"\nsv = ["vänort"]\nen = ["twin town"]\n'


@pytest.fixture
def config(tmp_path):
    rules = write_rules(tmp_path / "rules")
    (rules / "concepts").mkdir()
    (rules / "concepts" / "vanorter.toml").write_text(CONCEPTS, "utf-8")
    (tmp_path / "monitor.toml").write_text('[rules]\ndir = "rules"\n', "utf-8")
    config = load_config(tmp_path / "monitor.toml")
    with open_archive(config.archive):
        pass
    return config


def text_of(config, file):
    return (config.rules_dir / file).read_text("utf-8")


def save(config, file, comment):
    """Save a file of rules with one more comment, which a person wrote long enough for several blocks of the disk."""
    present = text_of(config, file)
    text = present + f"# {comment}\n" * 2_000
    request = TextRequest(file=file, text=text, mark=text_mark(present), version=FILES[file], who="Anna")
    with open_archive(config.archive) as archive:
        return save_rule_text(archive, config, request, NOW)


def texts_kept(config, file):
    with open_archive(config.archive) as archive:
        return {row["text"] for row in theme_versions(archive.db, FILES[file])}


def _die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def _save_and_die(path, file, step):
    config = load_config(path)
    write = save_rules.write_atomically
    if step == "history":
        save_rules.store_theme_version = _die
    if step == "write":
        save_rules.write_atomically = _die
    if step == "replace":
        type(path).replace = _die
    if step == "written":
        save_rules.write_atomically = lambda *arguments: (write(*arguments), _die())
    save(config, file, "ny")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("step", ["history", "write", "replace", "written"])
def test_a_kill_at_any_step_loses_neither_the_old_text_nor_the_new(config, file, step):
    old = text_of(config, file)
    process = get_context("fork").Process(target=_save_and_die, args=(config.path, file, step))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    new = old + "# ny\n" * 2_000
    assert text_of(config, file) == (new if step == "written" else old)
    assert (config.rules_dir / f"{file}{PARTIAL_SUFFIX}").exists() == (step == "replace")
    assert texts_kept(config, file) | {text_of(config, file)} == ({old} if step == "history" else {old, new})
    outcome = save(config, file, "senare")
    assert (outcome.problems, outcome.conflict) == ((), False)
    assert {old, text_of(config, file)} <= texts_kept(config, file)
    assert list(config.rules_dir.rglob(f"*{PARTIAL_SUFFIX}")) == []


def test_a_file_that_cannot_be_written_is_said_and_leaves_no_version(config, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    file = "themes/utbyten.toml"
    old = text_of(config, file)
    monkeypatch.setattr(save_rules, "write_atomically", refuse)
    assert "rättigheter saknas" in save(config, file, "ny").problems[0]
    assert text_of(config, file) == old
    assert texts_kept(config, file) == set()
