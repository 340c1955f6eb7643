"""The pages of a search are the last ones or the new ones, whenever the process dies while they are replaced."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from monitor.awards.fetched import finish_pages, replace_pages
from monitor.config import load_config
from monitor.jobs.awards import placed_files
from tests.awards.killing import die_while, kill_at

OLD = {"hamtad-1.json": "old", "hamtad-2.json": "old", "hamtad-3.json": "old"}
NEW = {"hamtad-1.json": "new", "hamtad-2.json": "new"}
BY_HAND = {"egen.json": "by hand"}


@pytest.fixture
def config(tmp_path):
    (tmp_path / "monitor.toml").write_text('data_dir = "data"\n', "utf-8")
    folder = tmp_path / "data" / "awards" / "life"
    folder.mkdir(parents=True)
    for name, text in {**OLD, **BY_HAND}.items():
        (folder / name).write_text(text, "utf-8")
    return load_config(tmp_path / "monitor.toml")


def new_pages(folder):
    new = folder / ".new"
    new.mkdir()
    for name, text in NEW.items():
        (new / name).write_text(text, "utf-8")
    return new


def read(config):
    return {path.name: path.read_text("utf-8") for path in placed_files(config, "life")}


# Moved are the list of names, the folder, and two pages; one old page is left over.
@pytest.mark.parametrize(
    ("owner", "name", "count", "left"),
    [(Path, "replace", 1, OLD), (Path, "replace", 2, OLD), (Path, "replace", 3, NEW), (Path, "replace", 4, NEW),
     (Path, "glob", 1, NEW), (shutil, "rmtree", 1, NEW)],
    ids=lambda value: value if isinstance(value, str | int) else None,
)  # fmt: skip
def test_a_kill_leaves_the_last_pages_or_the_new_ones(config, owner, name, count, left):
    folder = config.data_dir / "awards" / "life"
    new = new_pages(folder)

    def work():
        setattr(owner, name, kill_at(count, getattr(owner, name)))
        replace_pages(folder, new)

    assert die_while(work) == signal.SIGKILL
    assert read(config) == {**left, **BY_HAND}
    shutil.rmtree(folder / ".new", ignore_errors=True)
    replace_pages(folder, new_pages(folder))
    assert read(config) == {**NEW, **BY_HAND}
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_pages_that_are_all_in_place_stay_when_their_folder_was_left(config):
    folder = config.data_dir / "awards" / "life"
    ready = folder / ".ready"
    ready.mkdir()
    (ready / "other").write_text("", "utf-8")
    finish_pages(folder)
    assert read(config) == {**OLD, **BY_HAND}
    ready.mkdir()
    (ready / "names.json").write_text(json.dumps(list(NEW)), "utf-8")
    finish_pages(folder)
    assert read(config).keys() == {**NEW, **BY_HAND}.keys()
