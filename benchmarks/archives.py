"""Archives of any size for the rows that read one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.generate import NOW
from monitor.archive import Archive, open_archive
from monitor.archive.calls import insert_call
from monitor.archive.codec import call_hash, call_row, encode_call, stamp
from monitor.calls import Call
from monitor.jobs.match import match_archive
from monitor.jobs.search import index_archive
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES


@contextmanager
def filled_archive(path: Path, calls: Iterable[Call], *, index: bool = True, match: bool = False) -> Iterator[Archive]:
    """Yield an archive at `path` that has these calls, indexed with `index` and matched with `match`."""
    with open_archive(path) as archive:
        with archive.db.atomic():
            for call in calls:
                data = encode_call(call)
                seen = dict.fromkeys(("first_seen", "last_seen", "last_changed"), stamp(NOW))
                row = {**call_row(call, NOW), **seen, "baseline": 0, "hash": call_hash(data), "data": data}
                insert_call(archive.db, row)
        if index:
            index_archive(archive)
        if match:
            match_archive(archive, shipped_rules(), NOW)
        yield archive


def shipped_rules() -> RuleSet:
    """Return the shipped rules."""
    return load_rules(RULES)


def settings_text(*, port: int = 25, recipients: Iterable[tuple[str, str]] = ()) -> str:
    """Return the settings of an installation that mails to a server on loopback."""
    mail = f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nper_day = 1000000\n'
    return mail + "".join(f'[[recipient]]\ndepartment = "{department}"\nemail = "{email}"\n' for department, email in recipients)
