"""Values of `monitor.toml` and of tables of rules written from the guide: checked, in one step, comments kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import tomlkit

from monitor.archive import lock
from monitor.config import Config, load_config
from monitor.errors import ConfigError, LockedError, describe_os_error
from monitor.files import write_atomically
from monitor.matching.rules.load import check_texts
from monitor.paths import list_rule_files

_LOCK = "settings"
_LOCK_WAIT_SECONDS = 10.0
_DEPARTMENTS = "departments.toml"
_PASSWORD_FILE = "smtp-password"  # noqa: S105 - a name


def write_settings(config: Config, values: Mapping[tuple[str, str], Any]) -> str:
    """Write values of `monitor.toml` by table and key, such as `("mail", "host")`; return what is wrong, "" for nothing."""
    path = config.path
    if path is None:
        return "Installationen har ingen fil med inställningar. Gör en ny med: monitor init MAPP"

    def write() -> str:
        document = tomlkit.parse(path.read_text("utf-8"))
        for (table, key), value in values.items():
            document.setdefault(table, tomlkit.table())[key] = value
        text = tomlkit.dumps(document)
        proposed = path.with_name(f"{path.name}.proposed")
        try:
            write_atomically(proposed, text, private=True)
            load_config(proposed)
        except ConfigError as error:
            return error.problem
        finally:
            proposed.unlink(missing_ok=True)
        write_atomically(path, text, private=True)
        return ""

    return _write_locked(config, write)


def write_mail_password(config: Config, password: str) -> str:
    """Write the mail server's password to a private file, and the file's name to the settings; return what is wrong."""
    file = config.data_dir / _PASSWORD_FILE
    try:
        write_atomically(file, password, private=True)
    except OSError as error:
        return f"{file} går inte att skriva: {describe_os_error(error)}."
    return write_settings(config, {("mail", "password_file"): str(file)})


def enable_departments(config: Config, enabled: Collection[str]) -> str:
    """Let these departments get mails, and no others; return what is wrong, "" when it is saved."""
    if not config.rules.dir:
        return "Reglerna är de som följer med programmet. Gör en egen installation med: monitor init MAPP"

    def write() -> str:
        texts = {name: (config.rules_dir / name).read_text("utf-8") for name in list_rule_files(config.rules_dir)}
        document = tomlkit.parse(texts[_DEPARTMENTS])
        for row in document["department"]:
            if (row["id"] in enabled) != row.get("enabled", True):
                row["enabled"] = row["id"] in enabled
        text = tomlkit.dumps(document)
        if text == texts[_DEPARTMENTS]:
            return ""
        errors = check_texts({**texts, _DEPARTMENTS: text})
        if errors:
            return str(errors[0])
        write_atomically(config.rules_dir / _DEPARTMENTS, text)
        return ""

    return _write_locked(config, write)


def _write_locked(config: Config, write: Callable[[], str]) -> str:
    try:
        with lock(config.data_dir, _LOCK, wait=_LOCK_WAIT_SECONDS):
            return write()
    except LockedError:
        return "Någon annan sparar just nu. Vänta några sekunder och försök igen."
    except OSError as error:
        return f"Filen går inte att skriva: {describe_os_error(error)}."
