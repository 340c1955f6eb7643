"""The doctor: tries everything that an installation leans on, changes nothing, and says in Swedish what to do."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.archive.backup import check_archive
from monitor.config import Config
from monitor.errors import ConfigError, MonitorError, RuleErrors
from monitor.jobs.archives import open_installation
from monitor.jobs.last_rules import rules_in_force
from monitor.jobs.members import load_members
from monitor.jobs.send import open_transport
from monitor.mail.delivery import Result
from monitor.mail.smtp import Smtp
from monitor.matching.load import load_rules
from monitor.matching.ruleset import RuleSet
from monitor.sources import Source

_LEAST_DISK = 2_000_000_000
_LEAST_YEAR = 2025
_REACH = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: well or not, what was found, and what to do about it."""

    name: str
    well: bool
    text: str
    advice: str = ""


def examine(config: Config, now: datetime, *, network: bool = True) -> Iterator[Finding]:
    """Every finding as soon as it is there. Sends no mail and writes nothing that stays."""
    yield _settings(config)
    rules, finding = _rules(config)
    yield finding
    yield _recipients(config, rules)
    yield from _data_folder(config)
    yield _archive(config)
    yield _clock(config, now)
    yield _mail(config)
    yield _members(config)
    if network and config.shared_archive is None:
        yield from _sources(config)


def _settings(config: Config) -> Finding:
    if config.path is None:
        return Finding("Inställningar", False, "Ingen fil med inställningar används.", "Skapa en med: monitor init MAPP")
    mode = config.path.stat().st_mode
    if os.name == "posix" and mode & 0o002:
        return Finding("Inställningar", False, f"{config.path} får skrivas av alla på datorn.", f"Kör: chmod o-w {config.path}")
    return Finding("Inställningar", True, f"{config.path} går att läsa och har inga fel.")


def wrong_settings(error: ConfigError) -> Finding:
    """What there is to say when the settings cannot even be read."""
    return Finding("Inställningar", False, str(error), "Rätta det i filen; docs/drift.md visar hur varje del skrivs.")


def _rules(config: Config) -> tuple[RuleSet | None, Finding]:
    """The rules that mails go by, which a member without rules of its own borrows."""
    try:
        if config.shared_archive is None or config.rules.dir or not config.archive.is_file():
            rules = load_rules(config.rules_dir)
        else:
            with open_installation(config) as archive:
                rules = rules_in_force(archive, config, last_good=True)
    except RuleErrors as errors:
        first = errors.errors[0] if errors.errors else "inga regler"
        text = f"{len(errors.errors)} fel i reglerna, det första: {first}"
        advice = "Kör monitor rules check och rätta filerna; tills dess gäller de senast fungerande."
        return None, Finding("Regler", False, text, advice)
    except MonitorError as error:
        return None, Finding("Regler", False, str(error), "Se efter hur den installation mår som läser källorna.")
    return rules, Finding("Regler", True, f"{len(rules.themes)} teman, {len(rules.departments)} förvaltningar och bolag.")


def _recipients(config: Config, rules: RuleSet | None) -> Finding:
    departments = rules.departments if rules else {}
    unknown = sorted({one.department for one in config.recipient} - set(departments)) if departments else []
    if unknown:
        return Finding("Mottagare", False, f"Okänd förvaltning: {', '.join(unknown)}.", "Rätta [[recipient]] i monitor.toml.")
    if not config.recipient:
        return Finding(
            "Mottagare", False, "Ingen får några mejl.", "Lägg till [[recipient]] i monitor.toml, en för varje adress."
        )
    return Finding("Mottagare", True, f"{len(config.recipient)} adresser.")


def _data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_text("x", "utf-8")
        probe.unlink()
    except OSError as error:
        advice = f"Ge användaren som kör programmet rätt att skriva i {folder}, eller ändra data_dir i monitor.toml."
        yield Finding("Datamapp", False, f"{folder} går inte att skriva i: {error.strerror}.", advice)
        return
    yield Finding("Datamapp", True, f"{folder} går att skriva i.")
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB ledigt.".replace(".", ",", 1)
    yield Finding("Disk", free >= _LEAST_DISK, text, "" if free >= _LEAST_DISK else "Frigör minst 2 GB eller flytta datamappen.")


def _archive(config: Config) -> Finding:
    if not config.archive.is_file():
        return Finding("Arkiv", True, "Finns inte än; det skapas vid den första läsningen.")
    try:
        with open_installation(config) as archive:
            verdict = archive.db.execute("PRAGMA quick_check(1)").fetchone()[0]
            calls = archive.db.table("calls").count
        if verdict != "ok":
            check_archive(config.archive)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file is a finding
        advice = "Stoppa run och serve och återställ: monitor restore data/backups/<senaste filen>"
        return Finding("Arkiv", False, f"Arkivet går inte att använda: {error}", advice)
    return Finding("Arkiv", True, f"{calls} utlysningar och nyheter; filen är hel.")


def _clock(config: Config, now: datetime) -> Finding:
    newest = config.archive.stat().st_mtime if config.archive.is_file() else 0
    if now.year < _LEAST_YEAR or now.timestamp() < newest - 3600:
        return Finding(
            "Klocka", False, f"Datorns klocka visar {now:%Y-%m-%d %H:%M}.", "Ställ klockan; slå på tidssynkning (NTP)."
        )
    local = time.strftime("%Z")
    return Finding("Klocka", True, f"{now:%Y-%m-%d %H:%M} i {config.schedule.time_zone} (datorn själv: {local}).")


def _mail(config: Config) -> Finding:
    mail = config.mail
    if mail.transport == "files":
        text = f"Mejl blir filer i {config.data_dir / 'outbox'} och skickas inte till någon."
        return Finding("Mejl", True, text, 'När allt är prövat: sätt transport = "smtp" under [mail].')
    try:
        with open_transport(config) as way:
            outcome = way.check() if isinstance(way, Smtp) else None
    except ConfigError as error:
        return Finding("Mejl", False, str(error), "Lägg lösenordet i en fil och namnge den i mail.password_file.")
    if outcome is None or outcome.result is Result.SENT:
        return Finding("Mejl", True, f"{mail.host}:{mail.port} svarar och släpper in oss. Inget skickades.")
    return Finding("Mejl", False, f"Mejlservern: {outcome.words}", _mail_advice(config, outcome.words))


def _mail_advice(config: Config, words: str) -> str:
    folded = words.casefold()
    if "certificate" in folded or "ssl" in folded:
        return "Certifikatet godtas inte: kontrollera mail.host och mail.security, och att datorn litar på kommunens utfärdare."
    if "535" in folded or "authentication" in folded or "credential" in folded:
        return "Fel användare eller lösenord: kontrollera mail.username och lösenordet."
    if "name" in folded and ("resol" in folded or "known" in folded):
        return f"Namnet {config.mail.host} finns inte: kontrollera mail.host och datorns DNS."
    return f"Kontrollera mail.host och mail.port och att brandväggen släpper ut till {config.mail.host}:{config.mail.port}."


def _members(config: Config) -> Finding:
    try:
        members = load_members(config)
    except MonitorError as error:
        return Finding("Medlemmar", False, str(error), "Rätta filen; till dess startar inte monitor run.")
    return Finding(
        "Medlemmar", True, f"{len(members)} medlemmar delar arkivet." if members else "Inga; arkivet är kommunens eget."
    )


def _sources(config: Config) -> Iterator[Finding]:
    sources = [source for source in config.sources if source.enabled]
    with ThreadPoolExecutor(max_workers=16, thread_name_prefix="doctor") as pool:
        problems = list(pool.map(lambda source: reach_host(source.url, config.network.proxy), sources))
    for source, problem in zip(sources, problems, strict=True):
        yield _reached(source, problem, config.network.proxy)


def _reached(source: Source, problem: str, proxy: str) -> Finding:
    host = urlsplit(source.url).hostname or source.url
    if not problem:
        return Finding(f"Källan {source.id}", True, f"{host} svarar.")
    if proxy:
        return Finding(f"Källan {source.id}", False, f"{host}: {problem}", f"Låt proxyn {proxy} släppa ut till {host}, port 443.")
    advice = f"Pröva adressen i en webbläsare på samma dator. Går den där inte heller: låt brandväggen släppa ut till {host}, port 443."
    return Finding(f"Källan {source.id}", False, f"{host}: {problem}", advice)


def reach_host(url: str, proxy: str = "") -> str:
    """Why the host of an address cannot be connected to; empty when it can. Asks for no page."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if proxy:
        via = urlsplit(proxy)
        return _connect(via.hostname or "", via.port or 80, secure=False, what="proxyn ", through=f"{host}:{port}")
    return _connect(host, port, secure=parts.scheme == "https")


def _connect(host: str, port: int, *, secure: bool, what: str = "", through: str = "") -> str:
    try:
        with socket.create_connection((host, port), timeout=_REACH) as connection:
            if through:
                connection.sendall(f"CONNECT {through} HTTP/1.1\r\nHost: {through}\r\n\r\n".encode("ascii", "replace"))
                answer = connection.makefile("rb").readline(200).split()
                if len(answer) < 2 or not answer[1].startswith(b"2"):
                    return f"{what}släpper inte fram ({b' '.join(answer[1:]).decode('latin-1') or 'inget svar'})"
            if secure:
                with ssl.create_default_context().wrap_socket(connection, server_hostname=host):
                    pass
    except socket.gaierror:
        return f"{what}namnet går inte att slå upp"
    except TimeoutError:
        return f"{what}svarar inte i tid"
    except ssl.SSLError as error:
        return f"{what}certifikatet godtas inte ({error.reason or error})"
    except OSError as error:
        return f"{what}går inte att nå ({error.strerror or error})"
    return ""
