"""Guide of the first day: what is done and what is left of a new installation, and the work that its page starts.

The state is read from the password, the settings, the archive and the results of trials; no step is counted. Work runs in
processes of its own, one command after the other.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from monitor.archive import Archive
from monitor.archive.connection import Database
from monitor.archive.recipients import list_recipients
from monitor.archive.runs import StoredHealth, stored_health
from monitor.archive.scheduler import last_done
from monitor.archive.trials import DOUBTFUL, FAILED, RUNNING, WELL, Trial, begin_trial, end_trial, list_trials
from monitor.config import Config, load_config
from monitor.errors import ArchiveError, describe_os_error
from monitor.files import write_atomically
from monitor.jobs.child import ProcessResult, run_child
from monitor.jobs.doctor import check_addresses, is_local_host
from monitor.jobs.members import open_installation
from monitor.matching.compiled import RuleSet
from monitor.sources import Source
from monitor.subscription import Subscriber, is_example_address
from monitor.vocabulary import ACCEPTED_RUNS, JobState, RunState
from monitor.web.framework.guide import GuideRow, GuideState, GuideStep

logger = logging.getLogger(__name__)

SOURCES, READING, MAIL, FIRST_MAILS = "sources", "reading", "mail", "first-mails"
"""Works that the guide starts: try every source, read them, send a test mail, build and send the first mails."""
PREVIEW = "preview"
"""Subject of the trial that says that the coordinator found the first mails good."""
_SOURCE_SECONDS, _READING_SECONDS, _MAIL_SECONDS = 600.0, 4 * 3600.0, 300.0
_MAIL_PASSWORD = "smtp-password"  # noqa: S105 - the name of a file
_STATES = {JobState.DONE: WELL, JobState.ATTENTION: DOUBTFUL}
_STOPPED = "Avbröts innan det var klart. Börja igen, så fortsätter det där det slutade."


def fresh_config(config: Config) -> Config:
    """Return the settings as the file has them now.

    Raises:
        ConfigError: The file is wrong.
    """
    return load_config(config.path) if config.path is not None else config


def keep_mail_password(config: Config, password: str) -> str:
    """Write the mail server's password to a private file of the data folder, and return the name of the file.

    Raises:
        ArchiveError: The file cannot be written.
    """
    file = config.data_dir / _MAIL_PASSWORD
    try:
        write_atomically(file, password, private=True)
    except OSError as error:
        raise ArchiveError(str(file), f"går inte att skriva: {describe_os_error(error)}") from error
    return str(file)


def guide_state(config: Config, archive: Archive, rules: RuleSet, *, has_password: bool, running: str) -> GuideState:
    """Return the state of the guide for an installation with these settings."""
    db = archive.db
    trials, health = list_trials(db), stored_health(db)
    enabled = [source for source in config.sources if source.enabled]
    steps = (
        GuideStep(id="losenord", title="Lösenord", done=has_password, text="Lösenordet är satt." if has_password else ""),
        _municipality(config),
        *_people(config, db, rules),
        _mail(config, trials, running),
        # A member reads no sources: its archive is the shared one.
        *((_sources(enabled, trials, running), _reading(db, enabled, health, trials, running)) if not archive.shared else ()),
        _preview(trials),
        _go(db, trials, running),
    )
    return GuideState(steps=steps, running=running, values=_values(config), obstacles=tuple(find_obstacles(config, db)))


def _values(config: Config) -> dict[str, str]:
    name, address = parseaddr(config.mail.sender)
    return {
        "namn": config.municipality.name,
        "kontakt": _no_example(config.municipality.contact),
        "adress": "" if is_local_host(_host(config)) else config.municipality.base_url,
        "satt": config.mail.transport,
        "server": config.mail.host,
        "port": str(config.mail.port),
        "sakerhet": config.mail.security,
        "anvandare": config.mail.username,
        "avsandarnamn": name,
        "avsandare": _no_example(address),
        "losenordsfil": config.mail.password_file,
    }


def _no_example(address: str) -> str:
    return "" if is_example_address(address) else address


def _host(config: Config) -> str:
    return urlsplit(config.municipality.base_url).hostname or ""


def _municipality(config: Config) -> GuideStep:
    left = [
        words
        for wrong, words in (
            (is_example_address(config.municipality.contact), "samordnarens adress"),
            (is_local_host(_host(config)), "adressen där kollegorna når arkivet"),
        )
        if wrong
    ]
    text = f"Kvar: {' och '.join(left)}." if left else f"{config.municipality.name}, {config.municipality.base_url}."
    return GuideStep(id="kommun", title="Kommunen", done=not left, text=text)


def _people(config: Config, db: Database, rules: RuleSet) -> Iterator[GuideStep]:
    """Yield the steps of departments and recipients."""
    rows = [row for row in list_recipients(config, db) if not row.removed]
    real = [row for row in rows if not is_example_address(row.email)]
    departments = [one for one in rules.departments.values() if one.enabled]
    served = {row.department for row in real}
    without = [one.name for one in departments if one.id not in served]
    yield GuideStep(
        id="forvaltningar",
        title="Förvaltningar",
        done=bool(served) and not without,
        text=f"{len(departments)} förvaltningar och bolag är med."
        + (f" Utan mottagare: {', '.join(without)}. Lägg till någon, eller ta bort dem ur listan." if without else ""),
        rows=tuple(GuideRow(id=one.id, name=one.name, state=WELL if one.enabled else "") for one in rules.departments.values()),
    )
    examples = [row for row in rows if row not in real]
    yield GuideStep(
        id="mottagare",
        title="Mottagare",
        done=bool(real) and not examples,
        text=f"{len(real)} mottagare." + _examples_left(examples),
        rows=tuple(
            GuideRow(
                id=f"{row.department}/{row.email}",
                name=f"{row.email}, {rules.departments[row.department].name if row.department in rules.departments else ''}",
                state=FAILED if row in examples else WELL,
            )
            for row in rows
        ),
    )


def _examples_left(examples: Sequence[Subscriber]) -> str:
    """Return what is left to do with recipients of example domains, as a sentence with a space before it."""
    if not examples:
        return ""
    names = ", ".join(sorted({row.email for row in examples}))
    return f" Kvar: ta bort {'exemplet' if len(examples) == 1 else 'exemplen'} {names}, som aldrig får något mejl."


def _mail(config: Config, trials: Mapping[str, Trial], running: str) -> GuideStep:
    if config.mail.transport == "files":
        text = f"Mejlen blir filer i {config.data_dir / 'outbox'} och går inte ut till någon."
        return GuideStep(id="mejl", title="Mejlserver", done=False, text=text)
    row = _row(trials, MAIL, mail_setting(config), MAIL, config.mail.host, running)
    done = row.state == WELL
    text = f"Provmejlet till {config.municipality.contact} är skickat." if done else "Skicka ett provmejl för att se att det går."
    return GuideStep(id="mejl", title="Mejlserver", done=done, text=text, rows=(row,) if row.state else ())


def mail_setting(config: Config) -> str:
    """Return a text that changes with the settings by which a test mail is sent."""
    mail = config.mail
    told = (mail.host, mail.port, mail.security, mail.username, mail.sender, config.municipality.contact)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _row(trials: Mapping[str, Trial], subject: str, setting: str, id_: str, name: str, running: str) -> GuideRow:
    """Return the row of a trial; one that was under way when the program ended is a failed one."""
    trial = trials.get(subject)
    if trial is None or trial.setting != setting:
        return GuideRow(id=id_, name=name, state="")
    if trial.state == RUNNING and not running:
        return GuideRow(id=id_, name=name, state=FAILED, text=_STOPPED)
    return GuideRow(id=id_, name=name, state=trial.state, text=trial.detail)


def _sources(enabled: list[Source], trials: Mapping[str, Trial], running: str) -> GuideStep:
    rows = tuple(_row(trials, f"source:{one.id}", one.url, one.id, one.name, running) for one in enabled)
    tried = sum(row.state in (WELL, DOUBTFUL, FAILED) and row.text != _STOPPED for row in rows)
    bad = sum(row.state == FAILED for row in rows)
    text = f"{tried} av {len(rows)} källor är prövade."
    if bad:
        text += f" {bad} gick inte att läsa. De andra läses ändå; felen går att rätta senare på sidan Källor."
    return GuideStep(id="kallor", title="Källor", done=bool(rows) and tried == len(rows), text=text, rows=rows)


def _reading(
    db: Database, enabled: list[Source], health: Mapping[str, StoredHealth], trials: Mapping[str, Trial], running: str
) -> GuideStep:
    read = [source for source in enabled if source.id in health and health[source.id].last_run]
    rows = tuple(
        GuideRow(
            id=source.id,
            name=source.name,
            state=WELL if health[source.id].state in ACCEPTED_RUNS else FAILED,
            text=f"{health[source.id].items} poster",
        )
        for source in read
    )
    trial = _row(trials, READING, "", READING, "", running)
    text = f"{len(read)} av {len(enabled)} källor är lästa; {sum(health[source.id].items for source in read)} poster är aktuella."
    return GuideStep(
        id="lasning",
        title="Första läsningen",
        done=trial.state in (WELL, DOUBTFUL),
        text=f"{text} {trial.text}".strip(),
        rows=rows,
    )


def _preview(trials: Mapping[str, Trial]) -> GuideStep:
    trial = trials.get(PREVIEW)
    text = "Mejlen är godkända." if trial else "Se mejlet till varje förvaltning så som det blir, och ändra det som behövs."
    return GuideStep(id="forhandsvisning", title="Första mejlet", done=trial is not None, text=text)


def _go(db: Database, trials: Mapping[str, Trial], running: str) -> GuideStep:
    row = _row(trials, FIRST_MAILS, "", FIRST_MAILS, "Första mejlen", running)
    sent = row.state == WELL or last_done(db, "digest") is not None
    text = "Första mejlen är skickade." if sent else "Mejlen byggs och skickas när du trycker, eller av monitor run på sin dag."
    return GuideStep(id="igang", title="I gång", done=sent, text=text, rows=(row,) if row.state else ())


def find_obstacles(config: Config, db: Database) -> Iterator[tuple[str, str]]:
    """Yield text and advice of what keeps an installation from sending to real recipients."""
    if config.mail.transport == "files":
        yield "Mejlen blir filer och går inte ut till någon.", "Välj mejlservern i steget Mejlserver."
    real = config.model_copy(update={"mail": config.mail.model_copy(update={"transport": "smtp"})})
    yield from ((finding.text, finding.advice) for finding in check_addresses(real) if not finding.well)
    rows = [row for row in list_recipients(config, db) if not row.removed]
    if not any(not is_example_address(row.email) for row in rows):
        yield "Ingen riktig mottagare finns.", "Lägg till mottagare i steget Mottagare."
    # Where mails have gone out already, by `monitor run`, there is nothing left to approve.
    if PREVIEW not in list_trials(db) and last_done(db, "digest") is None:
        yield "De första mejlen är inte godkända.", "Se dem i steget Första mejlet och tryck på Mejlen ser bra ut."


class GuideWork:
    """Work that the guide has started, in a thread that runs one command after the other; its results are stored as trials."""

    def __init__(self, config: Config, clock: Callable[[], datetime] = lambda: datetime.now().astimezone()) -> None:
        self._config = config
        self._clock = clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._name = ""

    @property
    def running(self) -> str:
        """Return the name of the work that is under way, "" for none."""
        with self._lock:
            return self._name if self._thread is not None and self._thread.is_alive() else ""

    def start(self, work: str) -> bool:
        """Start a work of this module; return False while another is under way."""
        steps = {SOURCES: self._try_sources, READING: self._read, MAIL: self._send_test, FIRST_MAILS: self._send_first}
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return False
            self._name = work
            self._thread = threading.Thread(target=self._run, args=(steps[work],), name="guide", daemon=True)
            self._thread.start()
        return True

    def wait(self) -> None:
        """Wait until the work is done."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """End the work that is under way; what is done of it stays."""
        self._stop.set()
        self.wait()

    def _run(self, step: Callable[[Config], None]) -> None:
        try:
            step(fresh_config(self._config))
        except Exception:  # a thread of its own: whatever happens is logged, and the guide shows that it stopped
            logger.exception("guide_failed work=%s", self._name)

    def _try_sources(self, config: Config) -> None:
        with open_installation(config) as archive:
            done = list_trials(archive.db)
        for source in config.sources:
            trial = done.get(f"source:{source.id}")
            tried = trial is not None and trial.setting == source.url and trial.state in (WELL, DOUBTFUL)
            if source.enabled and not tried and not self._stop.is_set():
                self._try(
                    config, f"source:{source.id}", source.url, [["sources", "check", source.id]], _SOURCE_SECONDS, _tell_source
                )

    def _read(self, config: Config) -> None:
        self._try(config, READING, "", [["crawl"], ["match"]], _READING_SECONDS, _tell)

    def _send_test(self, config: Config) -> None:
        command = ["send", "--test", config.municipality.contact]
        self._try(config, MAIL, mail_setting(config), [command], _MAIL_SECONDS, _tell)

    def _send_first(self, config: Config) -> None:
        self._try(config, FIRST_MAILS, "", [["digest"], ["send"]], _READING_SECONDS, _tell)

    def _try(
        self,
        config: Config,
        subject: str,
        setting: str,
        commands: Sequence[Sequence[str]],
        limit: float,
        tell: Callable[[ProcessResult], tuple[str, str]],
    ) -> None:
        """Run commands until one fails, and store the result of the last as a trial."""
        with open_installation(config) as archive:
            begin_trial(archive.db, subject, setting, self._clock())
        failed = False
        for command in commands:
            ended = run_child(config, command, limit=limit, stop=self._stop)
            # `send` answers with 1 when a mail was not taken; other commands when something is worth a look.
            failed = ended.state not in _STATES or (command[0] == "send" and ended.state is not JobState.DONE)
            if failed:
                break
        if ended.state is JobState.INTERRUPTED:
            return
        state, detail = (FAILED, ended.stderr_tail.rpartition("\n")[2]) if failed else tell(ended)
        with open_installation(config) as archive:
            end_trial(archive.db, subject, state, detail, self._clock())


def _tell(ended: ProcessResult) -> tuple[str, str]:
    """Return the state of a trial whose result needs no words."""
    return _STATES[ended.state], ""


def _tell_source(ended: ProcessResult) -> tuple[str, str]:
    """Return the state of the trial of a source, and what it found: the number of items, the first problem and advice."""
    answer = ended.answer
    number, problems = len(answer["items"]), [problem["text"] for problem in answer["problems"][:1]]
    counted = "1 post." if number == 1 else f"{number} poster."
    state = FAILED if answer["state"] == RunState.FAILED else _STATES[ended.state]
    return state, " ".join((counted, *problems, *(answer["advice"][:1] if problems else ())))
