"""Themes and concepts saved from the browser: whole texts, checked with all other rules, written in one step, with versions."""

from __future__ import annotations

from datetime import datetime

from monitor.archive import Archive, lock
from monitor.archive.theme_versions import forget_theme_versions, store_theme_version
from monitor.config import Config
from monitor.errors import LockedError, describe_os_error
from monitor.files import write_atomically
from monitor.jobs.save_settings import LOCK, LOCK_WAIT_SECONDS, SOMEONE_SAVES, rule_problems
from monitor.paths import list_rule_files
from monitor.toml_edit import TextOutcome, TextRequest, text_mark


def save_rule_text(archive: Archive, config: Config, request: TextRequest, now: datetime) -> TextOutcome:
    """Save the text of a file of rules if all rules are sound with it and the file is as the person saw it.

    The lock `settings` keeps two people from saving at once. The text before is stored before the file is replaced, so that a
    kill at any moment loses neither; a file that cannot be written leaves no version.
    """
    try:
        with lock(config.data_dir, LOCK, wait=LOCK_WAIT_SECONDS):
            return _save(archive, config, request, now)
    except LockedError:
        return TextOutcome(problems=(SOMEONE_SAVES,))
    except OSError as error:
        path = error.filename or config.rules_dir / request.file
        return TextOutcome(problems=(f"{path} går inte att läsa eller skriva: {describe_os_error(error)}.",))


def _save(archive: Archive, config: Config, request: TextRequest, now: datetime) -> TextOutcome:
    folder = config.rules_dir
    path = folder / request.file
    present = path.read_text("utf-8", "replace") if path.exists() else ""
    if request.mark != (text_mark(present) if path.exists() else ""):
        return TextOutcome(conflict=True, present=present)
    texts = {name: (folder / name).read_text("utf-8", "replace") for name in list_rule_files(folder)}
    files = {**texts, request.file: request.text}
    problems = rule_problems(tuple(files.items()))
    if problems:
        return TextOutcome(problems=problems, present=present)
    stored = store_theme_version(archive.db, request.version, present, request.text, who=request.who, note=request.note, now=now)
    try:
        write_atomically(path, request.text)
    except OSError:
        forget_theme_versions(archive.db, stored)
        raise
    return TextOutcome(present=request.text, files=files)
