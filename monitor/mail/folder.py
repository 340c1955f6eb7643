"""Delivery to a folder: one `.eml` file per mail, which Outlook and Thunderbird open. The same mail again replaces its file."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from monitor.errors import describe_os_error
from monitor.files import write_atomically
from monitor.mail.delivery import DeliveryResult, Result


class Folder:
    """Transport that writes each mail as an .eml file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def deliver(self, message: EmailMessage, recipient: str) -> DeliveryResult:
        """Write the mail beside its place, then move it there: the file is whole or not there."""
        path = self._folder / file_name(str(message["Message-ID"]))
        content = message.as_bytes()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        except OSError as error:
            return DeliveryResult(Result.DOWN, f"{self._folder}: {describe_os_error(error)}")
        return DeliveryResult(Result.SENT, str(path))


def file_name(message_id: str) -> str:
    """Return the name of the file of the mail with a Message-ID."""
    local = message_id.strip("<>").partition("@")[0]
    return re.sub(r"[^A-Za-z0-9._-]", "_", local) + ".eml"
