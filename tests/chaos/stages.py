"""An installation brought from one stage to the next by its own commands, with a publisher and a mail server on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.awards import files
from tests.chaos.helper import Helper, start_helper
from tests.commands import Installation
from tests.hostile import feed, item
from tests.mailserver import Handler, Running
from tests.portal_rows import page, row
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

SOURCES = ("funding-tenders", "flodet")
FIRST, SECOND, MAILS, LATER = "2026-05-18T05:30", "2026-06-01T05:30", "2026-06-01T07:00", "2026-06-01T08:00"
STAGES = ("empty", "read", "moved", "matched", "built", "sent")
"""Stages in order: made, first reading with its mails, second reading, matched, mails built, mails sent."""
_SETTINGS = """\
data_dir = "data"
[rules]
dir = "rules"
[schedule]
crawl = "05:30"
[network]
allow_loopback = true
delay = 0
retries = 0
timeout = 20
[mail]
transport = "{transport}"
host = "127.0.0.1"
port = {port}
[[recipient]]
department = "kommunledning"
email = "anna@eksjo.se"
[[recipient]]
department = "kommunledning"
email = "bo@eksjo.se"
[sources.funding-tenders]
url = "{url}/search"
expected = 1
[[source]]
id = "flodet"
kind = "feed"
name = "Flödet"
url = "{url}/flodet"
language = "sv"
expected = 1
"""
_WORDS = "Kommuner kan söka bidrag till ungdomsutbyte. Sista ansökningsdag är {day} 2026."


class SamplePublisher:
    """Publisher of a portal and a feed, which has moved a last day and added calls once `moved` is set."""

    def __init__(self) -> None:
        self.moved = False

    def respond(self, asked) -> Answer:
        """Return the answer to a request."""
        if asked.path == "/search":
            rows = [
                row(1, title=["Youth exchange between towns"], deadlines=("2026-10-22" if self.moved else "2026-09-22",)),
                row(2),
            ]
            rows += [row(3, title=["Youth exchange for more towns"])] if self.moved else []
            return Answer(page(rows, int(asked.query["pageNumber"][0])), headers={"Content-Type": "application/json"})
        if asked.path == "/flodet":
            items = [item("Sök bidrag för ungdomsutbyte", _WORDS.format(day="12 oktober"), 1)]
            items += [item("Nytt bidrag för ungdomsutbyte", _WORDS.format(day="1 november"), 2)] if self.moved else []
            return feed(*items)
        return Answer(status=404)


@dataclass
class Stages:
    """Folders of an installation at each stage, and the servers that it talks to."""

    folder: Path
    publisher: SamplePublisher
    url: str
    mails: Handler
    port: int
    helper: Helper

    def settings(self, transport: str = "smtp") -> str:
        """Return the settings of the installation."""
        return _SETTINGS.format(url=self.url, port=self.port, transport=transport)

    def copy(self, stage: str, target: Path) -> Installation:
        """Copy the installation at a stage to a new folder."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder / stage, target)
        return Installation(target)

    def warm(self) -> None:
        """Run commands in the helper itself: what they load is there for each round."""
        for command, now in (("match", SECOND), ("digest", MAILS), ("send", MAILS), ("backup", MAILS), ("status", MAILS)):
            place = self.copy("moved", self.folder / "warm")
            self.helper.run(place, command, now=now, is_warming=True)
        shutil.rmtree(self.folder / "warm")
        self.mails.taken.clear()

    def build(self) -> None:
        """Bring the installation through all stages."""
        steps = {
            "empty": (),
            "read": (("crawl", *SOURCES, FIRST), ("match", FIRST), ("digest", FIRST), ("send", FIRST)),
            "moved": (("crawl", *SOURCES, SECOND),),
            "matched": (("match", SECOND),),
            "built": (("digest", MAILS),),
            "sent": (("send", MAILS), ("awards", "import", MAILS)),
        }
        place = Installation(self.folder / "work")
        place.folder.mkdir(parents=True)
        write_rules(place.folder / "rules")
        place.configure(self.settings())
        laid = place.folder / "data" / "awards" / "esf"
        laid.mkdir(parents=True)
        files.write_esf(laid)
        for stage in STAGES:
            self.publisher.moved = stage not in ("empty", "read")
            for *arguments, now in steps[stage]:
                outcome = self.helper.run(place, *arguments, now=now)
                assert outcome.code in (0, 1), (arguments, outcome)
            if stage == "moved":
                # A copy that is to be restored later.
                assert self.helper.run(place, "backup", str(place.folder / "kopia.tar.gz"), now=SECOND).code == 0
            for name in ("out", "err"):
                (place.folder / name).unlink(missing_ok=True)
            shutil.copytree(place.folder, self.folder / stage)


@contextmanager
def serve_stages(folder: Path) -> Iterator[Stages]:
    """Serve the publisher and the mail server, and build the installation's stages in a folder."""
    publisher, handler = SamplePublisher(), Handler()
    with start_helper() as helper, serve(publisher.respond) as running, Running(handler) as server:
        stages = Stages(folder, publisher, running.url, handler, server.port, helper)
        stages.build()
        stages.warm()
        yield stages
