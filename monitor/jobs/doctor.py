"""Command `doctor`: check everything that an installation depends on, change nothing, and advise in Swedish."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from monitor.archive.backup import check_archive
from monitor.archive.connection import connect_for_reading, count_broken, error_kind
from monitor.archive.files import refuse_missing
from monitor.archive.recipients import list_recipients
from monitor.archive.scheduler import latest_ahead
from monitor.awards.model import ORIGINS
from monitor.collect.browser import try_browser
from monitor.config import Config
from monitor.digest.check import check_templates, old_phrases
from monitor.errors import ConfigError, MonitorError, RuleErrors, describe_os_error
from monitor.jobs.awards import awards_attention, awards_status
from monitor.jobs.backup import list_backups
from monitor.jobs.channels import channel_name, load_address
from monitor.jobs.members import load_members, open_installation
from monitor.jobs.owner import current_uid, data_owner, owner_uid, user_name
from monitor.jobs.rules import load_rules_in_force
from monitor.jobs.send import open_transport
from monitor.jobs.status import clock_sentence
from monitor.mail.delivery import Result
from monitor.mail.smtp import Smtp
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_rules
from monitor.settings import TeamsChannel
from monitor.sources import Source
from monitor.subscription import is_example_address, is_example_host

_MIN_FREE_DISK_BYTES = 2_000_000_000
_MIN_YEAR = 2025
"""Year before which the clock of the machine is wrong."""
_CONNECT_TIMEOUT_SECONDS = 10.0
_MAX_NAMED = 5
"""Addresses that a finding names at most."""
_MAX_RATE_DAYS = 400
"""Age in days of the rates of currencies above which "about so many kronor" is no longer true."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check, in Swedish."""

    name: str
    """Name of the thing that was checked."""
    well: bool
    """True where nothing needs to be done."""
    text: str
    """State that was found."""
    advice: str = ""
    """Advice what to do; empty when there is nothing to do."""


def examine(config: Config, now: datetime, *, network: bool = True) -> Iterator[Finding]:
    """Yield every finding as soon as it is there.

    No mail is sent and no file stays; `network` includes the sources.
    """
    yield from _run_check("Inställningar", config, lambda: [_settings(config)])
    rules: list[RuleSet] = []
    yield from _run_check("Regler", config, lambda: [_rules(config, rules)])
    yield _recipients(config, rules[0] if rules else None)
    yield from _run_check("Datamapp", config, lambda: _data_folder(config))
    yield from _run_check("Ägare", config, lambda: _owner(config))
    yield from _run_check("Arkiv", config, lambda: [_archive(config)])
    yield from _run_check("Beviljade projekt", config, lambda: [_funded(config, now)])
    yield from _run_check("Klocka", config, lambda: [_clock(config, now)])
    yield from _run_check("Mejl", config, lambda: [_mail(config)])
    for channel in config.teams:
        yield _channel(channel)
    yield from _run_check("Mallar", config, lambda: [_templates(config)])
    yield from _rates(config, now)
    yield from check_addresses(config)
    yield from _browser(config)
    yield from _run_check("Medlemmar", config, lambda: [_members(config)])
    if network and config.shared_archive is None:
        yield from _sources(config)


def _run_check(name: str, config: Config, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check; a file or folder that it may not read is a finding, too."""
    try:
        yield from check()
    except OSError as error:
        where = error.filename or config.data_dir
        yield Finding(name, False, f"{where}: {describe_os_error(error)}.", _advice(error, config))


def _advice(error: BaseException | None, config: Config) -> str:
    """Return the advice on an error of the machine: rights, a full disk, another program, a missing file, or damage."""
    kind = error_kind(error)
    if kind == "rights":
        owner = user_name(data_owner(config))
        return (
            f"Ge användaren som kör programmet rätt till datamappen: sudo chown -R {owner} {config.data_dir}"
            f" (nu kör {user_name(current_uid())}). Kör sedan alltid programmet som den användaren."
        )
    if kind == "full":
        return "Frigör minst 2 GB på disken, eller flytta datamappen (data_dir). Inget är förlorat."
    if kind == "busy":
        return "Stäng det program som håller arkivet öppet för att skriva. Inget är förlorat."
    if kind == "missing":
        return "Kontrollera data_dir och rules.dir i monitor.toml."
    backups = list_backups(config)
    return f"Stoppa run och serve och återställ: monitor restore {backups[-1] if backups else 'FIL (en säkerhetskopia)'}"


def _settings(config: Config) -> Finding:
    if config.path is None:
        return Finding("Inställningar", False, "Ingen fil med inställningar används.", "Skapa en med: monitor init MAPP")
    mode = config.path.stat().st_mode
    if os.name == "posix" and mode & 0o002:
        return Finding("Inställningar", False, f"{config.path} får skrivas av alla på datorn.", f"Kör: chmod o-w {config.path}")
    return Finding("Inställningar", True, f"{config.path} går att läsa och har inga fel.")


def wrong_settings(error: ConfigError) -> Finding:
    """Return the finding on settings that cannot be read."""
    return Finding("Inställningar", False, str(error), "Rätta det i filen; docs/drift.md visar hur varje del skrivs.")


def _funded(config: Config, now: datetime) -> Finding:
    """Check the file of funded projects: whether it can be read, and what a person should look at."""
    name = "Beviljade projekt"
    try:
        problems = list(awards_attention(config, now))
        projects = sum(row["projects"] for row in awards_status(config) if row["source"] in ORIGINS)
    except MonitorError as error:
        return Finding(
            name, False, str(error), "Ta bort filen och läs in på nytt: monitor awards import. Inget annat går förlorat."
        )
    if problems:
        return Finding(name, False, problems[0], "Lägg en hel fil i källans mapp och kör: monitor awards import")
    if not projects:
        return Finding(name, True, "Inga är inlästa; mejl och sidor klarar sig utan dem.")
    return Finding(name, True, f"{projects} projekt är inlästa.")


def _templates(config: Config) -> Finding:
    problems = check_templates(config.digests_dirs)
    if problems:
        more = f" ({len(problems)} fel)" if len(problems) > 1 else ""
        return Finding("Mallar", False, f"{problems[0]}{more}", "Rätta filen. Alla fel: monitor digest --check")
    old = old_phrases(config.digests_dirs)
    if old:
        path, changed = next(iter(old.items()))
        advice = (
            f"Skriv dem i {path.with_suffix('.po')} i stället (docs/koordinator.md, Mejlen) och ta bort {path.name}."
            if changed
            else f"Ta bort {path}: orden är desamma som programmets."
        )
        names = f": {', '.join(changed[:10])}" if changed else ""
        return Finding("Mallar", False, f"{path} har en äldre form. Den används än. Egna ord{names or ' saknas'}.", advice)
    return Finding("Mallar", True, "Mejlens mallar och ord fungerar.")


def _rates(config: Config, now: datetime) -> Iterator[Finding]:
    """Yield the finding on the rates by which mails show amounts in kronor; none where they show none."""
    if not config.money.rates:
        return
    age = (now.astimezone(config.zone).date() - date.fromisoformat(config.money.day)).days
    text = f"Kurserna för belopp i kronor är från {config.money.day}."
    advice = "Skriv in nya kurser och deras dag under [money] i monitor.toml (docs/koordinator.md, Mejlen)."
    yield Finding("Kurser", age <= _MAX_RATE_DAYS, text, "" if age <= _MAX_RATE_DAYS else advice)


def _browser(config: Config) -> Iterator[Finding]:
    """Yield the finding on the browser that reads pages made by scripts; none where neither a source nor the settings name it."""
    path, wanted = config.network.browser, [source.id for source in config.sources if source.browser and source.enabled]
    if not path and not wanted:
        return
    if not path:
        text = f"Ingen webbläsare är angiven, men {', '.join(wanted)} ska läsas med en."
        advice = "Skriv dess sökväg i network.browser (docs/drift.md, Webbläsare), eller sätt browser = false på raden."
        yield Finding("Webbläsare", False, text, advice)
        return
    problem = f"{path} finns inte" if not os.access(path, os.X_OK) else try_browser(path)
    if problem:
        yield Finding("Webbläsare", False, f"{problem}.", "Följ docs/drift.md, Webbläsare; allt annat läses som vanligt.")
    else:
        yield Finding("Webbläsare", True, f"{path} startar. {len(wanted)} källor läses med den.")


def _rules(config: Config, found: list[RuleSet]) -> Finding:
    """Check the rules of the mails, for a member without rules those of the shared archive; add good ones to `found`."""
    try:
        if config.shared_archive is None or config.rules.dir or not config.archive.is_file():
            rules = load_rules(config.rules_dir)
        else:
            with open_installation(config) as archive:
                rules = load_rules_in_force(archive, config, last_good=True)
    except RuleErrors as errors:
        first = errors.errors[0] if errors.errors else "inga regler"
        text = f"{len(errors.errors)} fel i reglerna, det första: {first}"
        advice = "Kör monitor rules check och rätta filerna; tills dess gäller de senast fungerande."
        return Finding("Regler", False, text, advice)
    except MonitorError as error:
        return Finding("Regler", False, str(error), "Se efter hur den installation mår som läser källorna.")
    found.append(rules)
    return Finding("Regler", True, f"{len(rules.themes)} teman, {len(rules.departments)} förvaltningar och bolag.")


def _recipients(config: Config, rules: RuleSet | None) -> Finding:
    departments = rules.departments if rules else {}
    unknown = sorted({recipient.department for recipient in config.recipient} - set(departments)) if departments else []
    if unknown:
        return Finding("Mottagare", False, f"Okänd förvaltning: {', '.join(unknown)}.", "Rätta [[recipient]] i monitor.toml.")
    addresses = _list_addresses(config)
    examples = sorted({address for address in addresses if is_example_address(address)})
    real = len(addresses) - sum(is_example_address(address) for address in addresses)
    add = "Lägg till [[recipient]] i monitor.toml, en för varje adress, eller på sidan Samordna, Mottagare."
    if not addresses:
        return Finding("Mottagare", False, "Ingen får några mejl.", add)
    text = f"{real} {'adress' if real == 1 else 'adresser'}."
    if not examples:
        return Finding("Mottagare", True, text)
    which = "är ett exempel" if len(examples) == 1 else f"är {len(examples)} exempel"
    names = ", ".join(examples[:_MAX_NAMED]) + (" med flera" if len(examples) > _MAX_NAMED else "")
    text += f" {names} {which} och får aldrig något mejl."
    if config.mail.transport == "files":
        return Finding("Mottagare", True, text)
    remove = "Ta bort exemplen på sidan Samordna, Mottagare, eller under [[recipient]] i monitor.toml."
    return Finding("Mottagare", False, text, remove if real else f"{remove} {add}")


def _list_addresses(config: Config) -> list[str]:
    """Return the addresses of recipients in the archive, or in the settings where there is no archive that can be read yet."""
    with suppress(MonitorError, OSError, sqlite3.Error), closing(connect_for_reading(config.archive)) as db:
        return [row.email for row in list_recipients(config, db) if not row.removed and not row.is_channel]
    return [one.email for one in config.recipient]


def _data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    if config.path is None and not folder.exists():
        yield Finding("Datamapp", False, f"{folder} finns inte.", "Ange inställningarna med --config FIL eller $MONITOR_CONFIG.")
        return
    probe = folder / ".doctor"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.write_text("x", "utf-8")
        probe.unlink()
    except OSError as error:
        yield Finding("Datamapp", False, f"{folder} går inte att skriva i: {describe_os_error(error)}.", _advice(error, config))
        return
    yield Finding("Datamapp", True, f"{folder} går att skriva i.")
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB ledigt.".replace(".", ",", 1)
    yield Finding(
        "Disk",
        free >= _MIN_FREE_DISK_BYTES,
        text,
        "" if free >= _MIN_FREE_DISK_BYTES else "Frigör minst 2 GB eller flytta datamappen.",
    )


def _owner(config: Config) -> Iterator[Finding]:
    """Yield a finding for a file of another owner than the settings': the service cannot write it, or a stranger can."""
    folder = config.data_dir
    if os.name != "posix" or config.path is None or not folder.is_dir():
        return
    owner, settings = owner_uid(folder), owner_uid(config.path)
    # Settings that root keeps for the service are as they should be.
    wanted = owner if settings == 0 else settings
    for path in (folder, *sorted(folder.iterdir())):
        found = owner_uid(path)
        if found != wanted:
            name = user_name(wanted)
            text = f"{path} är användaren {user_name(found)}s, inte {name}s."
            advice = f"Kör: sudo chown -R {name} {folder}. Kör sedan alltid programmet som {name}, aldrig som root."
            yield Finding("Ägare", False, text, advice)
            return
    yield Finding("Ägare", True, f"Datamappen ägs av användaren {user_name(wanted)}.")


def _archive(config: Config) -> Finding:
    try:
        refuse_missing(config.archive)
        if not config.archive.is_file():
            return Finding("Arkiv", True, "Finns inte än; det skapas vid den första läsningen.")
        with open_installation(config) as archive:
            verdict = archive.db.execute("PRAGMA quick_check(1)").fetchone()[0]
            calls = archive.db.execute("SELECT count(*) FROM calls").fetchone()[0]
            broken = count_broken(archive.db)
        if verdict != "ok":
            check_archive(config.archive)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file is a finding
        return Finding("Arkiv", False, f"Arkivet går inte att använda: {error}", _advice(error, config))
    if broken:
        return Finding("Arkiv", False, f"{broken} utlysningar i arkivet är inte som de skrevs.", _advice(None, config))
    return Finding("Arkiv", True, f"{calls} utlysningar och nyheter; filen är hel.")


def _clock(config: Config, now: datetime) -> Finding:
    there = config.archive.is_file()
    newest = config.archive.stat().st_mtime if there else 0
    ahead = _noted_ahead(config, now) if there else None
    if ahead is not None:
        advice = "Ställ klockan och slå på tidssynkning (NTP); starta sedan om monitor run, så räknas det inte längre."
        return Finding("Klocka", False, clock_sentence(config, ahead, now), advice)
    if now.year < _MIN_YEAR or now.timestamp() < newest - 3600:
        return Finding(
            "Klocka", False, f"Datorns klocka visar {now:%Y-%m-%d %H:%M}.", "Ställ klockan; slå på tidssynkning (NTP)."
        )
    local = time.strftime("%Z")
    return Finding("Klocka", True, f"{now:%Y-%m-%d %H:%M} i {config.schedule.time_zone} (datorn själv: {local}).")


def _noted_ahead(config: Config, now: datetime) -> datetime | None:
    try:
        with open_installation(config) as archive:
            return latest_ahead(archive.db, now)
    except MonitorError:
        return None  # `_archive` has the finding


def check_addresses(config: Config) -> Iterator[Finding]:
    """Yield findings on the addresses of links and sender, which recipients see; for `doctor` and for the guide of the first day.

    Only a trial, whose mails become files, may have those of examples.
    """
    url, trial = config.municipality.base_url, config.mail.transport == "files"
    host = urlsplit(url).hostname or ""
    unreachable = is_example_host(host) or is_local_host(host)
    yield Finding(
        "Länkar",
        trial or not unreachable,
        f"Länkarna i mejlen går till {url}" + (", dit ingen mottagare når." if unreachable else "."),
        "Sätt municipality.base_url till adressen där kollegorna når arkivet." if unreachable else "",
    )
    addresses = {"municipality.contact": config.municipality.contact, "mail.from": parseaddr(config.mail.sender)[1]}
    made_up = [f"{key} ({address})" for key, address in addresses.items() if is_example_address(address)]
    yield Finding(
        "Avsändare",
        trial or not made_up,
        f"{' och '.join(made_up)} är exempel som inte finns." if made_up else f"Svar går till {config.municipality.contact}.",
        "Skriv den adress som samordnaren läser." if made_up else "",
    )


def is_local_host(name: str) -> bool:
    """Return whether a host is this machine or none, so that nobody else reaches it."""
    folded = name.casefold().rstrip(".")
    if folded in ("", "localhost", "localhost.localdomain") or folded.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(folded.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_link_local


def _mail(config: Config) -> Finding:
    mail = config.mail
    if mail.transport == "files":
        text = f"Mejl blir filer i {config.data_dir / 'outbox'} och skickas inte till någon."
        return Finding("Mejl", True, text, 'När allt är prövat: sätt transport = "smtp" under [mail].')
    try:
        with open_transport(config) as transport:
            outcome = transport.check() if isinstance(transport, Smtp) else None
    except ConfigError as error:
        return Finding("Mejl", False, str(error), "Lägg lösenordet i en fil och namnge den i mail.password_file.")
    if outcome is None or outcome.result is Result.SENT:
        return Finding("Mejl", True, f"{mail.host}:{mail.port} svarar och släpper in oss. Inget skickades.")
    return Finding("Mejl", False, f"Mejlservern: {outcome.server_reply}", _mail_advice(config, outcome.server_reply))


def _channel(channel: TeamsChannel) -> Finding:
    """Check that a channel in Teams has an address; nothing is posted."""
    name = channel_name(channel.department)
    try:
        load_address(channel)
    except ConfigError as error:
        advice = "Kopiera adressen ur kanalens arbetsflöde till filen; docs/drift.md visar hur."
        return Finding(name, False, str(error), advice)
    return Finding(name, True, "Kanalen har en adress. Inget skickades.")


def _mail_advice(config: Config, server_reply: str) -> str:
    folded = server_reply.casefold()
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
        yield _source_finding(source, problem, config.network.proxy)


def _source_finding(source: Source, problem: str, proxy: str) -> Finding:
    host, port = _host_and_port(source.url)
    if not problem:
        return Finding(f"Källan {source.id}", True, f"{host} svarar.")
    if proxy:
        return Finding(
            f"Källan {source.id}", False, f"{host}: {problem}", f"Låt proxyn {proxy} släppa ut till {host}, port {port}."
        )
    advice = (
        "Pröva adressen i en webbläsare på samma dator. Går den där inte heller:"
        f" låt brandväggen släppa ut till {host}, port {port}."
    )
    return Finding(f"Källan {source.id}", False, f"{host}: {problem}", advice)


def reach_host(url: str, proxy: str = "") -> str:
    """Connect to the host of an address, asking for no page; return why that fails, in Swedish, or an empty text."""
    host, port = _host_and_port(url)
    if proxy:
        via = urlsplit(proxy)
        return _connect(via.hostname or "", via.port or 80, secure=False, name="proxyn ", through=f"{host}:{port}")
    return _connect(host, port, secure=url.startswith("https:"))


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _connect(host: str, port: int, *, secure: bool, name: str = "", through: str = "") -> str:
    try:
        with socket.create_connection((host, port), timeout=_CONNECT_TIMEOUT_SECONDS) as connection:
            if through:
                connection.sendall(f"CONNECT {through} HTTP/1.1\r\nHost: {through}\r\n\r\n".encode("ascii", "replace"))
                answer = connection.makefile("rb").readline(200).split()
                if len(answer) < 2 or not answer[1].startswith(b"2"):
                    return f"{name}släpper inte fram ({b' '.join(answer[1:]).decode('latin-1') or 'inget svar'})"
            if secure:
                with ssl.create_default_context().wrap_socket(connection, server_hostname=host):
                    pass
    except socket.gaierror:
        return f"{name}namnet går inte att slå upp"
    except TimeoutError:
        return f"{name}svarar inte i tid"
    except ssl.SSLError as error:
        return f"{name}certifikatet godtas inte ({error.reason or error})"
    except OSError as error:
        return f"{name}går inte att nå ({error.strerror or error})"
    return ""
