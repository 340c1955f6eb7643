"""Job `send`: deliver the mails that are due in the outbox, and stop between two mails when told to."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from monitor.archive import Archive, lock
from monitor.archive.connection import Database
from monitor.archive.copies import put_down, take_in_hand
from monitor.archive.digests import NewDigest, NewOutboxRow, StoredRendering, mail_body, next_number, save_digest
from monitor.archive.files import load_secret
from monitor.archive.outbox import (
    ADDRESS_STOPPED,
    EXAMPLE,
    NOT_RECIPIENT,
    PAUSED,
    TEAMS,
    UNWRITABLE,
    OutboxMail,
    count_refusal,
    count_sent,
    count_waiting,
    mark_failed,
    mark_sent,
    mark_stopped,
    refused_recipients,
    stopped_recipients,
    waiting_mails,
)
from monitor.archive.recipients import list_recipients
from monitor.config import Config
from monitor.digest.answers import LeaveLink, Signer
from monitor.digest.links import RECIPIENT_TOKEN, Links
from monitor.digest.render import Templates, load_templates, render_mail
from monitor.digest.sample import AUDIENCE, samples
from monitor.digest.view import notice_view
from monitor.digest.wording import iso_week
from monitor.errors import ConfigError, MailError, MonitorError, describe_delivery
from monitor.jobs.candidates import make_audience
from monitor.jobs.channels import CardPass, CardTransport
from monitor.jobs.copies import CopyError, CopyFence, open_fence
from monitor.jobs.interest import write_interest_letter
from monitor.jobs.receipts import write_receipts
from monitor.mail.delivery import DeliveryResult, Result, Transport, next_try
from monitor.mail.folder import Folder
from monitor.mail.message import Letter, ascii_address, compose, message_id, split_sender
from monitor.mail.smtp import Server, Smtp
from monitor.mail.teams import Teams
from monitor.subscription import is_example_address
from monitor.vocabulary import MailKind, RecipientState

logger = logging.getLogger(__name__)
BRAKE = timedelta(hours=24)
"""Period in which at most `mail.per_day` mails are sent."""
_LOST_IN_A_ROW = 3
"""Connections lost in a row after which the server gets a rest; the mails stay due."""
# The archive, the disk, the memory or the settings: the mail waits until they are mended.
_NOT_THE_MAILS_FAULT = (sqlite3.Error, OSError, MemoryError, MonitorError)
_MAX_REPLY = 300
"""Characters kept of the error of a mail that cannot be written."""
_KINDS_TO_COORDINATOR = (MailKind.PREVIEW, MailKind.NOTICE)
_KINDS_FOR_ANYONE = (*_KINDS_TO_COORDINATOR, MailKind.RECEIPT)
"""Kinds of mails that go out whoever has left: a receipt says how to undo that."""
_REASONS = {
    RecipientState.ACTIVE: "",
    RecipientState.PAUSED: PAUSED,
    RecipientState.LEFT: ADDRESS_STOPPED,
    RecipientState.REFUSED: ADDRESS_STOPPED,
    RecipientState.UNLISTED: NOT_RECIPIENT,
    RecipientState.REMOVED: NOT_RECIPIENT,
    RecipientState.EXAMPLE: EXAMPLE,
}
"""Reasons to stop a mail by the state of its recipient."""


@dataclass(slots=True, kw_only=True)
class SendReport:
    """Result of one run of `send`, in numbers of mails."""

    sent: int = 0
    """Mails sent by this run."""
    failed: int = 0
    """Mails that failed in this run."""
    waiting: int = 0
    """Mails that still wait."""
    troubled: int = 0
    """Mails that still wait after a failed attempt."""
    problems: list[str] = field(default_factory=list)
    """Sentences in Swedish about problems that need a person."""


def open_transport(config: Config) -> AbstractContextManager[Transport]:
    """Return the transport of the settings: a folder or a mail server.

    Raises:
        ConfigError: The password is missing.
    """
    mail = config.mail
    if mail.transport == "files":
        return Folder(config.data_dir / "outbox")
    server = Server(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        username=mail.username,
        password=_password(config) if mail.username else "",
        timeout=mail.timeout,
    )
    return Smtp(server, mail.sender)


def _password(config: Config) -> str:
    if config.mail.password_file:
        try:
            return Path(config.mail.password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(config.mail.password_file, f"lösenordet går inte att läsa: {error}") from error
    if password := os.environ.get("MONITOR_SMTP_PASSWORD"):
        return password
    raise ConfigError(
        str(config.path or "settings"),
        "mail.username: väntade ett lösenord i $MONITOR_SMTP_PASSWORD eller i filen mail.password_file",
    )


def open_teams(config: Config) -> CardTransport:
    """Return the transport of cards to channels in Teams."""
    return Teams(timeout=config.mail.timeout, proxy=config.network.proxy)


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM sets, for the main thread of a command."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    return stop


class _Stoppable:
    """Transport that delivers nothing more once `stop` is set."""

    def __init__(self, inner: AbstractContextManager[Transport], stop: threading.Event) -> None:
        self._inner = inner
        self._stop = stop

    def __enter__(self) -> Self:
        self._transport = self._inner.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._inner.__exit__(*exception)  # type: ignore[arg-type]

    def deliver(self, message: EmailMessage, recipient: str) -> DeliveryResult:
        """Deliver one mail.

        Raises:
            MailError: `stop` is set; no failure is counted against the mail.
        """
        if self._stop.is_set():
            raise MailError("send", "utskicket avbröts; resten av mejlen väntar i utkorgen")
        return self._transport.deliver(message, recipient)


def send_mails(
    config: Config,
    archive: Archive,
    now: datetime,
    *,
    scheduled: bool = False,
    transport: Callable[[Config], AbstractContextManager[Transport]] = open_transport,
    teams: Callable[[Config], CardTransport] = open_teams,
    stop: threading.Event | None = None,
) -> SendReport:
    """Deliver the mails that wait in the outbox, then the cards.

    Each mail is marked as soon as the server has answered, so that a kill loses none and doubles at most one.

    Args:
        config: The installation.
        archive: Its archive.
        now: The time of the run.
        scheduled: Leave mails whose next try has not come; a person's own try takes them too.
        transport: Maker of the transport of mails.
        teams: Maker of the transport of cards.
        stop: Event that ends the run between two mails or cards; the others wait.

    Raises:
        LockedError: Another run is sending.
        ConfigError: No mail could be written with the addresses of the settings.
        MailError: The run was told to stop.
    """
    report = SendReport()
    with lock(config.data_dir, "send"):
        fence = _Fence(archive.db, open_fence(config), now)
        write_interest_letter(config, archive.db, now)
        write_receipts(config, archive.db, now)
        mails = waiting_mails(archive.db, now if scheduled else None)
        if mails:
            _check_addresses(config)
            opened = transport(config)
            with opened if stop is None else _Stoppable(opened, stop) as carrier:
                _SendPass(config, archive, now, carrier, report, fence).send(mails)
        cards = waiting_mails(archive.db, now if scheduled else None, TEAMS)
        if cards:
            interrupted = stop.is_set if stop is not None else lambda: False
            card_pass = CardPass(config, archive.db, now, teams(config), interrupted, fence.pass_mail)
            card_pass.send(cards)
            report.sent += card_pass.sent
            report.failed += card_pass.failed
            report.problems += card_pass.problems
        report.waiting, report.troubled = count_waiting(archive.db)
    return report


class _Fence:
    """Fence of a round of sending: where copies are kept, the copy has that a mail is in hand before it goes."""

    def __init__(self, db: Database, copy: CopyFence | None, now: datetime) -> None:
        self._db = db
        self._copy = copy
        self._now = now

    def pass_mail(self, mail: OutboxMail) -> None:
        """Mark a mail as in hand, and wait until the copy has that.

        Raises:
            CopyError: The copy cannot be reached; the mail waits.
        """
        if self._copy is not None:
            take_in_hand(self._db, mail.message_id, self._now)
            try:
                self._copy.wait()
            except CopyError:
                put_down(self._db, mail.message_id)
                raise


def _check_addresses(config: Config) -> None:
    """Raise ConfigError where no mail at all could be written with the addresses of the settings."""
    addresses = {"mail.from": split_sender(config.mail.sender)[1], "municipality.contact": config.municipality.contact}
    for key, address in addresses.items():
        if ascii_address(address) is None:
            raise ConfigError(
                str(config.path or "settings"), f"{key}: väntade en adress som mejlservrar tar emot, fann {address!r}"
            )


class _SendPass:
    """One pass through the waiting mails."""

    def __init__(
        self, config: Config, archive: Archive, now: datetime, transport: Transport, report: SendReport, fence: _Fence
    ) -> None:
        self._fence = fence
        self._config = config
        self._db = archive.db
        self._now = now
        self._transport = transport
        self._report = report
        self._signer = Signer(load_secret(config.data_dir))
        stopped, today = stopped_recipients(archive.db), now.astimezone(config.zone).date()
        self._states = {(row.department, row.folded): row.state(stopped, today) for row in list_recipients(config, archive.db)}

    def send(self, mails: list[OutboxMail]) -> None:
        remaining = self._config.mail.per_day - count_sent(self._db, self._now - BRAKE)
        lost = 0
        newly_refused = False
        for mail in mails:
            reason = self._reason_to_stop(mail)
            if reason:
                mark_stopped(self._db, mail, reason)
                continue
            if remaining <= 0:
                self._report.problems.append(
                    f"bromsen håller: högst {self._config.mail.per_day} mejl på 24 timmar (mail.per_day); resten väntar"
                )
                break
            outcome = self._deliver(mail)
            lost = lost + 1 if outcome.result is Result.LOST else 0
            if outcome.result is Result.SENT:
                mark_sent(self._db, mail, self._now)
                logger.info("mail_sent digest=%s id=%s", mail.digest, mail.message_id.partition("@")[0])
                self._report.sent += 1
                remaining -= 1
                continue
            self._report.failed += 1
            newly_refused |= self._record_failure(mail, outcome)
            if outcome.result is Result.DOWN or lost >= _LOST_IN_A_ROW:
                break
        if newly_refused:
            _store_notice(self._config, self._db, self._now)

    def _reason_to_stop(self, mail: OutboxMail) -> str:
        """Return why a waiting mail is not to be sent any more; empty when it is."""
        if self._config.mail.transport == "smtp" and is_example_address(mail.recipient):
            return EXAMPLE
        if mail.kind in _KINDS_FOR_ANYONE:
            return ""
        state = self._states.get((mail.department, mail.recipient.casefold()), RecipientState.REMOVED)
        return _REASONS[state]

    def _deliver(self, mail: OutboxMail) -> DeliveryResult:
        address = ascii_address(mail.recipient)
        if address is None:
            return DeliveryResult(Result.REFUSED_ADDRESS, "adressen har tecken som e-postservrar inte tar")
        try:
            message = self._compose(mail, address)
            self._fence.pass_mail(mail)
            return self._transport.deliver(message, address)
        except _NOT_THE_MAILS_FAULT:
            raise
        except Exception as error:
            # Whatever it is, it would be the same at every try: this mail is given up and named, the others go.
            logger.exception("mail_unwritable digest=%s", mail.digest)
            return DeliveryResult(Result.REFUSED, f"{UNWRITABLE} ({type(error).__name__}: {error})"[:_MAX_REPLY])

    def _compose(self, mail: OutboxMail, address: str) -> EmailMessage:
        link = LeaveLink(department=mail.department, recipient=mail.recipient)
        token = self._signer.leave_token(link)
        # Short, so that no line of the text is long; the page finds it among the recipients of the archive alone.
        folded = replace(link, recipient=mail.recipient.casefold())
        short = self._signer.mark(folded) if (mail.department, folded.recipient) in self._states else token
        body = mail_body(self._db, mail.digest, mail.language)
        return compose(
            Letter(
                message_id=mail.message_id,
                sender=self._config.mail.sender,
                recipient=address,
                reply_to=self._config.municipality.contact,
                department=mail.department,
                created=mail.created.astimezone(self._config.zone),
                language=mail.language,
                subject=body.rendering.subject,
                html=body.rendering.html.replace(RECIPIENT_TOKEN, token),
                text=body.rendering.text.replace(RECIPIENT_TOKEN, short),
                leave_url=Links(self._config.municipality.base_url).leave().replace(RECIPIENT_TOKEN, token),
                calendars=body.calendars,
            )
        )

    def _record_failure(self, mail: OutboxMail, outcome: DeliveryResult) -> bool:
        """Store a failed attempt.

        Return True when the address is given up with it.
        """
        self._report.problems.append(f"{mail.digest} till {mail.recipient}: {describe_delivery(outcome.server_reply)}")
        logger.warning("mail_failed digest=%s result=%s reply=%r", mail.digest, outcome.result.value, outcome.server_reply)
        if outcome.result in (Result.LATER, Result.LOST, Result.DOWN):
            mark_failed(self._db, mail, outcome.server_reply, next_try(mail.attempts + 1, self._now))
            return False
        given_up = False
        if outcome.result is Result.REFUSED_ADDRESS and mail.kind not in _KINDS_TO_COORDINATOR:
            given_up = count_refusal(self._db, mail.recipient, outcome.server_reply, self._now, self._config.mail.refusals)
        mark_stopped(self._db, mail, outcome.server_reply)
        return given_up


def _store_notice(config: Config, db: Database, now: datetime) -> None:
    """Put a mail to the coordinator into the outbox that lists the addresses which take no mail, with the server's answers."""
    templates = load_templates(config.digests_dirs)
    week = iso_week(now.astimezone(config.zone).date())
    stem = f"{week}-notis-"
    digest_id = f"{stem}{next_number(db, stem)}"
    view = notice_view(templates.wording("sv"), make_audience(config, None), digest_id, refused_recipients(db))
    rendering = templates.render(view)
    contact = config.municipality.contact
    save_digest(
        db,
        NewDigest(
            id=digest_id,
            department="",
            week=week,
            kind=MailKind.NOTICE.value,
            created=now,
            items=0,
            sections={},
            renderings=[StoredRendering(language="sv", subject=rendering.subject, html=rendering.html, text=rendering.text)],
            addresses=[
                NewOutboxRow(message_id=message_id(digest_id, contact, config.mail.sender), recipient=contact, language="sv")
            ],
        ),
    )


def send_test(config: Config, address: str, now: datetime) -> DeliveryResult:
    """Send a sample of the weekly mail to one address; nothing is stored.

    Raises:
        ConfigError: The address is none that mail servers take.
        MailError: The mail was not taken, with the reason in Swedish.
    """
    recipient = ascii_address(address)
    if recipient is None:
        raise ConfigError("--test", f"expected an address such as namn@example.se, found {address!r}")
    templates: Templates = load_templates(config.digests_dirs)
    signer = Signer(load_secret(config.data_dir))
    sample = samples(now.astimezone(config.zone))[MailKind.WEEKLY]
    rendered = render_mail(templates, sample.selection, AUDIENCE, sample.occasion, signer)
    mail = rendered.renderings[0]
    digest = f"prov-{now:%Y%m%d%H%M%S}"
    token = signer.leave_token(LeaveLink(department="", recipient=address))
    letter = Letter(
        message_id=message_id(digest, address, config.mail.sender),
        sender=config.mail.sender,
        recipient=recipient,
        reply_to=config.municipality.contact,
        department="",
        created=now,
        language=mail.language,
        subject=templates.wording(mail.language).say("subject.test", subject=mail.subject),
        html=mail.html.replace(RECIPIENT_TOKEN, token),
        text=mail.text.replace(RECIPIENT_TOKEN, token),
        leave_url=Links(config.municipality.base_url).leave().replace(RECIPIENT_TOKEN, token),
        calendars=[(file.name, file.content) for file in rendered.calendars],
    )
    with open_transport(config) as transport:
        outcome = transport.deliver(compose(letter), recipient)
    if outcome.result is not Result.SENT:
        raise MailError(f"provmejlet till {address}", describe_delivery(outcome.server_reply))
    return outcome
