"""Delivery to a mail server: one connection for many mails, and a result for every answer of the server (RFC 5321)."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Self

from monitor.mail.delivery import DeliveryResult, Result
from monitor.mail.message import ascii_address, split_sender

_SERVICE_NOT_AVAILABLE, _TOO_LARGE = 421, 552
# 552 with 5.3.4, or without a second code, is about size: RFC 1870, section 6.1, and RFC 3463, section 3.4. With another, it is
# about a full mailbox or a quota of ours.
_OTHER_THAN_SIZE = re.compile(r"5\.(?!3\.4\b)")
# The first kind that fits: some are kinds of others.
_IN_SWEDISH: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPServerDisconnected, "servern bröt förbindelsen"),
    (smtplib.SMTPNotSupportedError, "servern kan inte det som inställningarna begär"),
    (socket.gaierror, "servern finns inte under det namnet"),
    (ssl.SSLCertVerificationError, "serverns certifikat godtas inte"),
    (ssl.SSLError, "den krypterade förbindelsen gick inte"),
    (ConnectionRefusedError, "ingen server svarar där"),
    (ConnectionResetError, "servern bröt förbindelsen"),
    (BrokenPipeError, "servern bröt förbindelsen"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Address of the mail server, and how to speak to it."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    """Name to log in with; empty for a server that asks for none."""
    password: str
    timeout: float
    """Seconds to wait for each answer."""
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context


class Smtp:
    """Transport to a mail server.

    It connects when the first mail goes out, and again after the connection was lost.
    """

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        _, address = split_sender(sender)
        self._sender = ascii_address(address) or address
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def check(self) -> DeliveryResult:
        """Connect and log in, send nothing.

        Return SENT or DOWN.
        """
        try:
            self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return self._down(error)
        return DeliveryResult(Result.SENT)

    def deliver(self, message: EmailMessage, recipient: str) -> DeliveryResult:
        """Hand one mail to the server.

        SENT only after its 250 to the whole mail.
        """
        try:
            connection = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return self._down(error)
        try:
            # Writes the mail before saying anything to the server: one that cannot be written leaves the connection as it was.
            connection.send_message(message, self._sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            return self._judge(code, reply, Result.REFUSED_ADDRESS)
        except smtplib.SMTPSenderRefused as error:
            # Not the mail's fault: the server does not take our sender, so no other mail gets through either. The size of a mail,
            # though, is refused along with the sender.
            too_large = error.smtp_code == _TOO_LARGE and not _OTHER_THAN_SIZE.match(_text(error.smtp_error))
            return self._judge(error.smtp_code, error.smtp_error, Result.REFUSED if too_large else Result.DOWN)
        except smtplib.SMTPResponseException as error:
            return self._judge(error.smtp_code, error.smtp_error, Result.REFUSED)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return DeliveryResult(Result.LOST, _describe(error))
        return DeliveryResult(Result.SENT)

    def _judge(self, code: int, reply: bytes | str, permanent: Result) -> DeliveryResult:
        """Return the result of a refusal: `permanent` for the codes from 500, else LATER (RFC 5321, section 4.2.1)."""
        if code == _SERVICE_NOT_AVAILABLE or code < 0:
            self._drop()
        return DeliveryResult(permanent if code >= 500 else Result.LATER, " ".join(f"{code} {_text(reply)}".split()))

    def _connected(self) -> smtplib.SMTP:
        """Return the connection, made and logged in if there is none.

        Raises SMTPException and OSError.
        """
        if self._connection is not None:
            return self._connection
        server, own_name = self._server, _own_name()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, own_name, timeout=server.timeout, context=server.context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, own_name, timeout=server.timeout)
        try:
            if server.security == "starttls":
                connection.starttls(context=server.context())
            if server.username:
                connection.login(server.username, server.password)
        except (smtplib.SMTPException, OSError):
            connection.close()
            raise
        self._connection = connection
        return connection

    def _down(self, error: Exception) -> DeliveryResult:
        return DeliveryResult(Result.DOWN, f"{self._server.host}:{self._server.port}: {_describe(error)}")

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _own_name() -> str:
    """Return our name for the greeting, without asking the name service, which may be slow."""
    return socket.gethostname() or "localhost"


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _describe(error: Exception) -> str:
    """Return what went wrong with a connection, in Swedish; the system's own text in brackets."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    text = str(error) or type(error).__name__
    if isinstance(error, TimeoutError) or "timed out" in text:
        return "inget svar i tid"
    for kind, swedish in _IN_SWEDISH:
        if isinstance(error, kind):
            return f"{swedish} ({text})"
    return f"förbindelsen gick inte ({text})"
