"""Channels in Microsoft Teams: their secret addresses, who of them gets cards, and one pass of delivery."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from monitor.archive.connection import Database
from monitor.archive.digests import mail_card
from monitor.archive.files import load_secret
from monitor.archive.outbox import (
    ADDRESS_STOPPED,
    NOT_RECIPIENT,
    OutboxMail,
    count_refusal,
    mark_failed,
    mark_sent,
    mark_stopped,
    stopped_recipients,
)
from monitor.config import Config
from monitor.digest.adaptive import make_card
from monitor.digest.render import Rendering
from monitor.errors import ConfigError, describe_delivery, describe_os_error
from monitor.jobs.letter import store_letter
from monitor.mail.delivery import DeliveryResult, Result, next_try
from monitor.settings import TeamsChannel
from monitor.subscription import TEAMS_CHANNEL, Subscriber

logger = logging.getLogger(__name__)
_LOST_IN_A_ROW = 3
"""Failed connections in a row after which the other cards wait for the next run."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class CardTransport(Protocol):
    """Carrier of cards to channels."""

    def deliver(self, address: str, message: str) -> DeliveryResult:
        """Post a message to the address of a channel's workflow."""
        ...


def channel_name(department: str) -> str:
    """Return the name under which the outbox has a department's channel."""
    return f"Teams {department}"


def address_variable(department: str) -> str:
    """Return the name of the environment variable with the address of a department's channel."""
    return "MONITOR_TEAMS_" + re.sub(r"[^A-Z0-9]", "_", department.upper())


def load_address(channel: TeamsChannel) -> str:
    """Return the address of a channel's workflow.

    Raises:
        ConfigError: There is none, or it is no https address. The message has no part of the address.
    """
    variable = address_variable(channel.department)
    where = channel.address_file or f"${variable}"
    if channel.address_file:
        try:
            address = Path(channel.address_file).read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(where, f"Teamskanalens adress går inte att läsa: {describe_os_error(error)}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(where, "Teamskanalens adress går inte att läsa: filen är inte UTF-8") from error
    else:
        address = os.environ.get(variable, "").strip()
        if not address:
            raise ConfigError(
                f"teams {channel.department}", f"väntade Teamskanalens adress i ${variable} eller i filen address_file"
            )
    parts = urlsplit(address)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or re.search(r"\s", address):
        raise ConfigError(where, "väntade en adress som börjar med https:// på en enda rad")
    return address


def _suppression_key(config: Config, channel: TeamsChannel, address: str) -> str:
    """Return the key under which refusals of a channel are counted: a new address begins without any."""
    mark = hmac.new(load_secret(config.data_dir), address.encode(), hashlib.sha256).hexdigest()[:8]
    return f"{channel_name(channel.department)} ({mark})"


def active_channels(config: Config, db: Database) -> list[Subscriber]:
    """Return the channels as recipients of their departments, without those that were stopped after refusals."""
    stopped = stopped_recipients(db) if config.teams else set()
    return [
        Subscriber(
            department=channel.department,
            email=channel_name(channel.department),
            language=channel.language,
            origin=TEAMS_CHANNEL,
        )
        for channel in config.teams
        if not _is_stopped(config, channel, stopped)
    ]


def write_card(rendering: Rendering, recipients: Iterable[Subscriber]) -> str:
    """Return the card of a mail in its language; "" where no channel among the recipients gets it."""
    wanted = any(row.is_channel and row.language == rendering.language for row in recipients)
    return make_card(rendering.view) if wanted else ""


def _is_stopped(config: Config, channel: TeamsChannel, stopped: set[tuple[str, str]]) -> bool:
    try:
        return ("", _suppression_key(config, channel, load_address(channel)).casefold()) in stopped
    except ConfigError:
        return False  # its cards wait for the address


class CardPass:
    """Pass through the waiting cards."""

    sent = 0
    """Cards that were delivered."""
    failed = 0
    """Cards that were not."""

    def __init__(
        self,
        config: Config,
        db: Database,
        now: datetime,
        transport: CardTransport,
        interrupted: Callable[[], bool],
        before: Callable[[OutboxMail], None] = lambda card: None,
    ) -> None:
        """Prepare a pass that ends between two cards as soon as `interrupted` says so; `before` is called before each goes."""
        self._before = before
        self._config = config
        self._db = db
        self._now = now
        self._transport = transport
        self._interrupted = interrupted
        self._channels = {channel.department: channel for channel in config.teams}
        self.problems: list[str] = []

    def send(self, cards: Sequence[OutboxMail]) -> None:
        """Deliver the cards; a channel that cannot be reached holds up no other."""
        lost = 0
        for card in cards:
            if self._interrupted() or lost >= _LOST_IN_A_ROW:
                break
            channel = self._channels.get(card.department)
            if channel is None:
                mark_stopped(self._db, card, NOT_RECIPIENT)
                continue
            outcome, key = self._deliver(channel, card)
            lost = lost + 1 if outcome.result is Result.LOST else 0
            if outcome.result is Result.SENT:
                mark_sent(self._db, replace(card, recipient=key), self._now)
                logger.info("card_sent digest=%s", card.digest)
                self.sent += 1
            elif outcome.server_reply == ADDRESS_STOPPED:
                mark_stopped(self._db, card, ADDRESS_STOPPED)
            else:
                self._record_failure(card, key, outcome)

    def _deliver(self, channel: TeamsChannel, card: OutboxMail) -> tuple[DeliveryResult, str]:
        """Return the result of a delivery, and the key under which refusals of the channel are counted."""
        try:
            address = load_address(channel)
        except ConfigError as error:
            return DeliveryResult(Result.LATER, str(error)), ""
        key = _suppression_key(self._config, channel, address)
        if ("", key.casefold()) in stopped_recipients(self._db):
            return DeliveryResult(Result.REFUSED_ADDRESS, ADDRESS_STOPPED), key
        self._before(card)
        return self._transport.deliver(address, mail_card(self._db, card.digest, card.language)), key

    def _tell_coordinator(self, card: OutboxMail, outcome: DeliveryResult) -> None:
        paragraphs = (
            f"Teams har flera gånger sagt nej till korten för {card.department}: {describe_delivery(outcome.server_reply)}."
            " Kanalen får inga fler kort. Mejlen går som förut.",
            "Gör ett nytt arbetsflöde i kanalen och lägg dess adress där den gamla var (docs/drift.md, Teams)."
            " Med en ny adress börjar korten igen av sig själva.",
        )
        subject = f"Teamskanalen för {card.department} tar inte emot kort"
        store_letter(self._config, self._db, f"{card.digest}-teams", subject, paragraphs, self._now)

    def _record_failure(self, card: OutboxMail, key: str, outcome: DeliveryResult) -> None:
        self.failed += 1
        self.problems.append(f"{card.digest} till {card.recipient}: {describe_delivery(outcome.server_reply)}")
        logger.warning("card_failed digest=%s result=%s reply=%r", card.digest, outcome.result.value, outcome.server_reply)
        if outcome.result not in (Result.REFUSED, Result.REFUSED_ADDRESS):
            due = max(next_try(card.attempts + 1, self._now), self._now + outcome.wait)
            mark_failed(self._db, card, outcome.server_reply, due)
            return
        if outcome.result is Result.REFUSED_ADDRESS:
            limit = self._config.mail.refusals
            if count_refusal(self._db, key, outcome.server_reply, self._now, limit):
                self._tell_coordinator(card, outcome)
        mark_stopped(self._db, card, outcome.server_reply)
