"""The doctor: tries everything that an installation leans on, changes nothing, and says in Swedish what to do."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from monitor.archive.backup import check_archive
from monitor.archive.connection import count_broken, error_kind
from monitor.archive.files import refuse_missing
from monitor.archive.scheduler import latest_ahead
from monitor.config import Config
from monitor.errors import ConfigError, MonitorError, RuleErrors, describe_os_error
from monitor.jobs.backup import list_backups
from monitor.jobs.members import load_members, open_installation
from monitor.jobs.owner import data_owner, owner_of, running_as, user_name
from monitor.jobs.rules import rules_in_force
from monitor.jobs.send import open_transport
from monitor.jobs.status import clock_sentence
from monitor.mail.delivery import Result
from monitor.mail.smtp import Smtp
from monitor.matching.compiled import RuleSet
from monitor.matching.rules.load import load_rules
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
    """Yield every finding as soon as it is there. Sends no mail and writes nothing that stays."""
    yield from _tried("Inställningar", config, lambda: [_settings(config)])
    rules: list[RuleSet] = []
    yield from _tried("Regler", config, lambda: [_rules(config, rules)])
    yield _recipients(config, rules[0] if rules else None)
    yield from _tried("Datamapp", config, lambda: _data_folder(config))
    yield from _tried("Ägare", config, lambda: _owner(config))
    yield from _tried("Arkiv", config, lambda: [_archive(config)])
    yield from _tried("Klocka", config, lambda: [_clock(config, now)])
    yield from _tried("Mejl", config, lambda: [_mail(config)])
    yield from _addresses(config)
    yield from _tried("Medlemmar", config, lambda: [_members(config)])
    if network and config.shared_archive is None:
        yield from _sources(config)


def _tried(name: str, config: Config, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds; a file or folder that it may not look at is a finding, too."""
    try:
        yield from check()
    except OSError as error:
        where = error.filename or config.data_dir
        yield Finding(name, False, f"{where}: {describe_os_error(error)}.", _advice(error, config))


def _advice(error: BaseException | None, config: Config) -> str:
    """Return what to do about what the machine refused: each of rights, a full disk, another program and damage asks for its own."""
    kind = error_kind(error)
    if kind == "rights":
        owner = user_name(data_owner(config))
        return (
            f"Ge användaren som kör programmet rätt till datamappen: sudo chown -R {owner} {config.data_dir}"
            f" (nu kör {user_name(running_as())}). Kör sedan alltid programmet som den användaren."
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
    """What there is to say when the settings cannot even be read."""
    return Finding("Inställningar", False, str(error), "Rätta det i filen; docs/drift.md visar hur varje del skrivs.")


def _rules(config: Config, found: list[RuleSet]) -> Finding:
    """Try the rules that mails go by, which a member without rules of its own borrows; good ones are put into `found`."""
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
        return Finding("Regler", False, text, advice)
    except MonitorError as error:
        return Finding("Regler", False, str(error), "Se efter hur den installation mår som läser källorna.")
    found.append(rules)
    return Finding("Regler", True, f"{len(rules.themes)} teman, {len(rules.departments)} förvaltningar och bolag.")


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
    yield Finding("Disk", free >= _LEAST_DISK, text, "" if free >= _LEAST_DISK else "Frigör minst 2 GB eller flytta datamappen.")


def _owner(config: Config) -> Iterator[Finding]:
    """Yield a finding for files that another user owns than the settings: the service cannot write them, or a stranger can."""
    folder = config.data_dir
    if os.name != "posix" or config.path is None or not folder.is_dir():
        return
    owner, settings = owner_of(folder), owner_of(config.path)
    # Settings that root keeps for the service are as they should be.
    wanted = owner if settings == 0 else settings
    for path in (folder, *sorted(folder.iterdir())):
        found = owner_of(path)
        if found != wanted:
            name = user_name(wanted)
            text = f"{path} är användaren {user_name(found)}s, inte {name}s."
            advice = f"Kör: sudo chown -R {name} {folder}. Kör sedan alltid programmet som {name}, aldrig som root."
            yield Finding("Ägare", False, text, advice)
            return
    yield Finding("Ägare", True, f"Datamappen är användaren {user_name(wanted)}s.")


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
    if now.year < _LEAST_YEAR or now.timestamp() < newest - 3600:
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
        return None  # told where the archive is tried


def _addresses(config: Config) -> Iterator[Finding]:
    """Yield findings about the address of the links and of the sender, which recipients see. Only a trial does with made-up ones."""
    url, trial = config.municipality.base_url, config.mail.transport == "files"
    host = urlsplit(url).hostname or ""
    unreachable = is_example_host(host) or is_local_host(host)
    yield Finding(
        "Länkar",
        trial or not unreachable,
        f"Länkarna i mejlen går till {url}" + (", dit ingen mottagare når." if unreachable else "."),
        "Sätt municipality.base_url till adressen där kollegorna når arkivet." if unreachable else "",
    )
    named = {"municipality.contact": config.municipality.contact, "mail.from": parseaddr(config.mail.sender)[1]}
    made_up = [f"{key} ({address})" for key, address in named.items() if is_example_host(address.rpartition("@")[2])]
    yield Finding(
        "Avsändare",
        trial or not made_up,
        f"{' och '.join(made_up)} är exempel som inte finns." if made_up else f"Svar går till {config.municipality.contact}.",
        "Skriv den adress som samordnaren läser." if made_up else "",
    )


def is_example_host(name: str) -> bool:
    """Return whether a host is one of those kept for examples: RFC 2606 and RFC 6761, and example.se, which means the same here."""
    labels = name.casefold().rstrip(".").split(".")
    return labels[-1] in ("example", "invalid", "test") or (len(labels) > 1 and labels[-2] == "example")


def is_local_host(name: str) -> bool:
    """Return whether a host is this machine, or no machine: nobody else reaches it."""
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
    host, port = _host_and_port(source.url)
    if not problem:
        return Finding(f"Källan {source.id}", True, f"{host} svarar.")
    if proxy:
        return Finding(
            f"Källan {source.id}", False, f"{host}: {problem}", f"Låt proxyn {proxy} släppa ut till {host}, port {port}."
        )
    advice = f"Pröva adressen i en webbläsare på samma dator. Går den där inte heller: låt brandväggen släppa ut till {host}, port {port}."
    return Finding(f"Källan {source.id}", False, f"{host}: {problem}", advice)


def reach_host(url: str, proxy: str = "") -> str:
    """Why the host of an address cannot be connected to; empty when it can. Asks for no page."""
    host, port = _host_and_port(url)
    if proxy:
        via = urlsplit(proxy)
        return _connect(via.hostname or "", via.port or 80, secure=False, what="proxyn ", through=f"{host}:{port}")
    return _connect(host, port, secure=url.startswith("https:"))


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


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
