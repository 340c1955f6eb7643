"""New installations: settings to edit and own copies of rules and mails; and a new, empty archive for one that lost its own."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from monitor import paths
from monitor.archive import lock, open_archive
from monitor.archive.files import COMPANIONS, PRIVATE
from monitor.config import Config
from monitor.errors import ConfigError
from monitor.jobs.backup import find_free_name

_SETTINGS = """\
# Inställningar för EU-bevakningen. Sökvägar räknas från den här filen. Alla nycklar: se README.
data_dir = "data"

[municipality]
name = "Nässjö kommun"
contact = "eu@example.se"             # står i det namn som EU-bevakningen läser källorna med och är svarsadress i mejlen
base_url = "http://127.0.0.1:8001"    # där arkivet nås i webbläsaren; länkarna i mejlen går hit

[rules]
dir = "rules"                         # egna regler; ta bort raden för att följa dem som följer med EU-bevakningen

[digests]
dir = "digests"                       # egna mallar; en fil som saknas här tas från programmet

[mail]
transport = "files"                   # "files": mejl blir filer i data/outbox; "smtp": skickas på riktigt
host = "127.0.0.1"
port = 25
security = "none"                     # "none", "starttls" eller "tls"
username = ""                         # lösenordet läses ur $MONITOR_SMTP_PASSWORD
from = "EU-bevakningen <eu@example.se>"

# En [[recipient]] för varje adress. Förvaltningarnas id står i rules/departments.toml.
[[recipient]]
department = "kultur-fritid"
email = "kultur@example.se"

[schedule]
crawl = "05:30"                       # varje dag
digest = "mon 07:00"
backup = "02:15"                      # varje natt; sedan gallras det som anges under [keep]
note = "mon 08:00"                    # veckobrevet till samordnaren; "" är aldrig
canary = "tue 09:00"                  # veckans provmejl till samordnaren; "" är aldrig

[keep]
backups = 14                          # så många säkerhetskopior
addresses = 400                       # dygn tills adressen raderas ur mejl som gått
"""


def begin_anew(config: Config, now: datetime) -> Path | None:
    """Make an empty archive in an installation that has lost its own; return the folder with leftovers of the old one, if any.

    Raises:
        ConfigError: There is an archive, which only a person may remove; nothing has changed.
        LockedError: A job is at work.
    """
    with ExitStack() as stack:
        for name in ("run", "archive", "digest", "send"):
            stack.enter_context(lock(config.data_dir, name))
        if config.archive.is_file() and config.archive.stat().st_size > 0:
            raise ConfigError(
                str(config.archive), "arkivet finns, och det rörs inte; flytta undan filen först om du vill börja om från början"
            )
        leftovers = [config.archive.with_name(config.archive.name + end) for end in ("", *COMPANIONS)]
        leftovers = [path for path in leftovers if path.exists()]
        kept = find_free_name(config.data_dir / f"replaced-{now.astimezone(config.zone):%Y-%m-%dT%H%M%S}") if leftovers else None
        for path in leftovers:
            assert kept is not None
            kept.mkdir(exist_ok=True)
            path.rename(kept / path.name)
        with open_archive(config.archive, config.shared_archive, own_matches=bool(config.rules.dir), anew=True):
            pass
    return kept


def make_installation(folder: Path) -> list[Path]:
    """Make a new installation in a folder, and return its files and folders.

    Raises:
        ConfigError: One of them exists already.
    """
    settings = folder / "monitor.toml"
    for path in (settings, folder / "rules", folder / "digests"):
        if path.exists():
            raise ConfigError(str(path), "finns redan; välj en tom mapp")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.touch(mode=PRIVATE)
    shutil.copytree(paths.RULES, folder / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(paths.DIGESTS, folder / "digests", ignore=shutil.ignore_patterns("__pycache__"))
    settings.write_text(_SETTINGS, "utf-8")
    return [settings, folder / "rules", folder / "digests"]
