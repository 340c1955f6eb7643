"""Delivery to a mail server: one connection for many mails, and every answer of the server told apart."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal, Self

from monitor.mail.delivery import Meanwhile, Outcome, Result, nothing
from monitor.mail.message import ascii_address, split_sender

_DONE, _GO_ON, _SERVICE_NOT_AVAILABLE, _TOO_LARGE = 250, 354, 421, 552


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the mail server is and how to speak to it."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    password: str
    timeout: float
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context


# 552 with 5.3.4, or without a second code, is about size: RFC 1870, section 6.1, and RFC 3463, section 3.4. With another, it is about a full
# mailbox or a quota of ours.
_other_than_size = re.compile(r"5\.(?!3\.4\b)").match


# The first that fits: some are kinds of others.
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


class _Line(smtplib.SMTP):
    """A connection on which something can be done while the server reads a mail, and while it makes ready for the next one."""

    meanwhile: Meanwhile = staticmethod(nothing)
    _sender = ""
    _announced = False

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Say that a mail comes from this sender, if that was not said yet; the server's answer."""
        if self._announced:
            self._announced = False
            return self.getreply()
        self._sender = sender
        return super().mail(sender, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over a mail that ends its lines with CR and LF; the server's last answer."""
        code, words = self.docmd("DATA")
        if code != _GO_ON:
            raise smtplib.SMTPDataError(code, words)
        # A line that begins with a dot gets another: RFC 5321, section 4.5.2. No mail begins with one.
        self.send(msg.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        follows = self.meanwhile()
        code, words = self.getreply()
        if follows and code == _DONE:
            # The answer is read when the next mail is due: by then what was answered to this one has been written down.
            # A line that breaks now breaks for the next mail; this one has been taken.
            with suppress(smtplib.SMTPException, OSError):
                self.putcmd("mail", f"FROM:<{self._sender}>")
                self._announced = True
        return code, words


class _TlsLine(_Line, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


class Smtp:
    """A mail server. It is connected to when the first mail goes out, and again after the connection was lost."""

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        _, address = split_sender(sender)
        self._sender = ascii_address(address) or address
        self._connection: _Line | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (smtplib.SMTPException, OSError):
                self._connection.close()
            self._connection = None

    def check(self) -> Outcome:
        """Connect and log in, send nothing."""
        return self._connect() or Outcome(Result.SENT)

    def deliver(self, message: EmailMessage, recipient: str, meanwhile: Meanwhile = nothing) -> Outcome:
        """Hand one mail to the server. SENT only after its 250 to the whole mail."""
        # Before anything is said to the server: a mail that cannot be written leaves the connection as it was.
        content = message.as_bytes()
        problem = self._connect()
        if problem is not None:
            return problem
        assert self._connection is not None
        self._connection.meanwhile = meanwhile
        try:
            self._connection.sendmail(self._sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            return self._judge(code, words, Result.REFUSED_ADDRESS)
        except smtplib.SMTPSenderRefused as error:
            # Not the mail's fault: the server does not take our sender, so no other mail gets through either. Its size, though, is told
            # along with the sender.
            too_large = error.smtp_code == _TOO_LARGE and not _other_than_size(_text(error.smtp_error))
            return self._judge(error.smtp_code, error.smtp_error, Result.REFUSED if too_large else Result.DOWN)
        except smtplib.SMTPResponseException as error:
            return self._judge(error.smtp_code, error.smtp_error, Result.REFUSED)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Result.LOST, _words(error))
        return Outcome(Result.SENT)

    def _judge(self, code: int, words: bytes | str, permanent: Result) -> Outcome:
        text = f"{code} {_text(words)}"
        if code == _SERVICE_NOT_AVAILABLE or code < 0:
            self._drop()
        return Outcome(permanent if code >= 500 else Result.LATER, " ".join(text.split()))

    def _connect(self) -> Outcome | None:
        if self._connection is not None:
            return None
        server = self._server
        try:
            if server.security == "tls":
                connection: _Line = _TlsLine(
                    server.host, server.port, _own_name(), timeout=server.timeout, context=server.context()
                )
            else:
                connection = _Line(server.host, server.port, _own_name(), timeout=server.timeout)
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(Result.DOWN, f"{server.host}:{server.port}: {_words(error)}")
        try:
            if server.security == "starttls":
                connection.starttls(context=server.context())
            if server.username:
                connection.login(server.username, server.password)
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            return Outcome(Result.DOWN, f"{server.host}:{server.port}: {_words(error)}")
        self._connection = connection
        return None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _own_name() -> str:
    """Our name for the greeting, without asking the name service, which may be slow."""
    return socket.gethostname() or "localhost"


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def _words(error: Exception) -> str:
    """Return what went wrong with a connection, in Swedish; the system's own words in brackets."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    said = str(error) or type(error).__name__
    if isinstance(error, TimeoutError) or "timed out" in said:
        return "inget svar i tid"
    for kinds, words in _IN_SWEDISH:
        if isinstance(error, kinds):
            return f"{words} ({said})"
    return f"förbindelsen gick inte ({said})"
