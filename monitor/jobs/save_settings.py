"""Settings saved from the browser: edits of `monitor.toml` and of tables of rules, checked, written in one step, with history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.archive import Archive, lock
from monitor.archive.connection import Database
from monitor.archive.setting_changes import find_change, forget_change, list_changes, store_change
from monitor.config import Config, parse_config
from monitor.errors import ConfigError, LockedError, describe_os_error
from monitor.files import partial_path, write_atomically
from monitor.matching.rules.load import check_texts
from monitor.paths import list_rule_files
from monitor.toml_edit import (
    SHIPPED_RULES_REFUSAL,
    Edit,
    EditError,
    EditOutcome,
    EditRequest,
    apply_edits,
    find_value,
    list_value_changes,
    load_values,
    mark_of,
)

SETTINGS = "monitor.toml"
"""Name of the file of settings in an `EditRequest`, whatever its name on the disk."""
RULE_TABLES = ("departments.toml", "programmes.toml")
"""Files of rules that may be edited."""
LOCK = "settings"
"""Lock that is held while settings or rules are saved."""
LOCK_WAIT_SECONDS = 10.0
SOMEONE_SAVES = "Någon annan sparar just nu. Vänta några sekunder och försök igen."
_MAX_PROBLEMS = 5
_NO_FILE = "Installationen har ingen fil med inställningar. Gör en ny installation med: monitor init MAPP"


def locate_file(config: Config, file: str) -> Path:
    """Return the path of a file of an `EditRequest`.

    Raises:
        EditError: The installation has no such file that may be changed.
    """
    if file == SETTINGS:
        if config.path is None:
            raise EditError(_NO_FILE)
        return config.path.resolve()
    if file not in RULE_TABLES:
        raise EditError(f"{file} ändras inte härifrån.")
    if not config.rules.dir:
        raise EditError(SHIPPED_RULES_REFUSAL)
    return (config.rules_dir / file).resolve()


def read_text(config: Config, file: str) -> str:
    """Return the text of a file of an `EditRequest`.

    Raises:
        EditError: There is no such file, or it cannot be read.
    """
    path = locate_file(config, file)
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise EditError(f"{path} går inte att läsa: {describe_os_error(error)}.") from error
    except UnicodeDecodeError as error:
        raise EditError(f"{path} är inte UTF-8 vid byte {error.start}.") from error


def save_edits(
    archive: Archive, config: Config, request: EditRequest, now: datetime, *, reach: Callable[[str], None] = lambda step: None
) -> EditOutcome:
    """Check edits and save them, unless the file holds something else at their places than the person saw.

    The lock `settings` keeps two people from saving at once. Jobs read their settings when they begin and never write them, so a
    long reading stops nobody from saving.

    Args:
        archive: The archive, for the history.
        config: The installation.
        request: The edits.
        now: Time of the change.
        reach: Called with the name of each step before it is done ("history", "write", "done"); for tests.
    """
    try:
        with lock(config.data_dir, LOCK, wait=LOCK_WAIT_SECONDS):
            return _save(archive, config, request, now, reach)
    except LockedError:
        return EditOutcome(problems=(SOMEONE_SAVES,))
    except EditError as error:
        return EditOutcome(problems=(str(error),))


def _save(archive: Archive, config: Config, request: EditRequest, now: datetime, reach: Callable[[str], None]) -> EditOutcome:
    path, text = locate_file(config, request.file), read_text(config, request.file)
    places = [edit.place for edit in request.edits]
    values = load_values(text)
    present = {place: find_value(values, place) for place in places}
    if request.mark and request.mark != mark_of(text, places):
        return EditOutcome(conflict=True, present=present)
    differences = list_value_changes(text, request.edits)
    if not differences:
        return EditOutcome(present=present)
    written = apply_edits(text, [Edit(item.place, item.new) for item in differences])
    problems = _problems(config, request.file, path, written)
    if problems or request.dry_run:
        return EditOutcome(differences=differences, problems=problems, present=present)
    if partial_path(path).exists():
        # Left by a kill: the newest change may never have come into the file.
        _forget_unmade(archive.db, request.file, values)
    stored: list[int] = []

    def store() -> None:
        # Before the file: a stored change that was never made shows in the file's values, a change never stored nowhere.
        reach("history")
        stored.append(store_change(archive.db, request.file, differences, who=request.who, note=request.note, now=now))
        reach("write")

    try:
        write_atomically(path, written, before_replacing=store)
    except OSError as error:
        for change in stored:
            forget_change(archive.db, change)
        return EditOutcome(problems=(f"{path} går inte att skriva: {describe_os_error(error)}.",), present=present)
    reach("done")
    return EditOutcome(differences=differences, present=present)


def _forget_unmade(db: Database, file: str, values: Mapping[str, Any]) -> None:
    """Delete the newest change of a file where the file still has the values from before it."""
    newest = next((change for change in list_changes(db) if change.file == file), None)
    if newest is not None and all(find_value(values, item.place) == item.old for item in newest.differences):
        forget_change(db, newest.id)


def _problems(config: Config, file: str, path: Path, text: str) -> tuple[str, ...]:
    """Return what would be wrong with the installation if the file had this text."""
    if file == SETTINGS:
        try:
            parse_config(text, path)
        except ConfigError as error:
            return (error.problem,)
        return ()
    folder = config.rules_dir
    texts = {name: (folder / name).read_text("utf-8") for name in list_rule_files(folder)}
    after = rule_problems(tuple({**texts, file: text}.items()))
    if not after:
        return ()
    # Errors that the rules have already do not keep anybody from mending the rest.
    before = set(rule_problems(tuple(texts.items())))
    return tuple(error for error in after if error not in before)[:_MAX_PROBLEMS]


@lru_cache(maxsize=2)
def rule_problems(texts: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the errors of all rules by name and text of their files, as sentences."""
    # Kept, since what a person saves has just been reviewed: running all examples takes seconds.
    return tuple(str(error) for error in check_texts(dict(texts)))


def undo_edits(archive: Archive, config: Config, change: int, who: str, now: datetime) -> EditOutcome:
    """Give the places of a stored change their old values back, unless they hold something else than that change gave them."""
    stored = find_change(archive.db, change)
    if stored is None:
        return EditOutcome(problems=("Ändringen finns inte.",))
    try:
        text = read_text(config, stored.file)
        values = load_values(text)
    except EditError as error:
        return EditOutcome(problems=(str(error),))
    present = {item.place: find_value(values, item.place) for item in stored.differences}
    if any(present[item.place] != item.new for item in stored.differences):
        return EditOutcome(conflict=True, present=present)
    edits = tuple(Edit(item.place, item.old) for item in reversed(stored.differences))
    note = f"Ångrar ändringen {datetime.fromisoformat(stored.at).astimezone(config.zone):%Y-%m-%d kl. %H.%M}"
    request = EditRequest(file=stored.file, edits=edits, mark=mark_of(text, present), who=who, note=note)
    return save_edits(archive, config, request, now)
