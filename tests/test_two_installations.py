"""An archive as another's source: a second installation reads the feed of the first."""

import socket
import subprocess
import time
import urllib.error
import urllib.request

from monitor.archive import open_archive
from tests.commands import Installation, breathe, loopback_settings
from tests.portal_rows import page, row
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
NOW = "2026-05-20T12:00"
SECOND = """\
[rules]
dir = "rules"
[network]
allow_loopback = true
delay = 0
[[source]]
id = "grannen"
kind = "feed"
name = "Grannens arkiv"
url = "{base}/arkiv.atom"
"""


def test_a_second_installation_reads_the_first_as_a_source(tmp_path):
    first, second = (Installation(tmp_path / name) for name in ("forsta", "andra"))
    for place in (first, second):
        place.folder.mkdir()
        write_rules(place.folder / "rules")
    rows = [row(number) for number in range(1, 104)]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"

    def portal(asked):
        return Answer(page(rows, int(asked.query["pageNumber"][0]))) if asked.path == "/search" else Answer(status=404)

    with serve(portal) as publisher:
        own = f'expected = 1\n[municipality]\nbase_url = "{base}"\n[rules]\ndir = "rules"\n'
        first.configure(loopback_settings(f"{publisher.url}/search", more=own))
        assert first.fork("crawl", "funding-tenders", now=NOW).code == 0
    second.configure(SECOND.format(base=base))
    process = subprocess.Popen(first.command("serve", "--port", str(port), now=NOW), stderr=subprocess.DEVNULL)
    try:
        wait_for(base, process)
        outcome = second.fork("crawl", "grannen", "--json", now=NOW)
    finally:
        process.terminate()
        process.wait(timeout=20)
    (source,) = outcome.json["sources"]
    assert (source["state"], source["current"]) == ("accepted", 103), outcome.err
    with open_archive(first.archive) as one, open_archive(second.archive) as other:
        titles = [[title for (title,) in place.db.execute("SELECT title FROM calls ORDER BY 1")] for place in (one, other)]
    assert titles[0] == titles[1]


def wait_for(base, process):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with DIRECT.open(f"{base}/-/health", timeout=60):
                return
        except urllib.error.HTTPError:
            return
        except urllib.error.URLError:
            breathe()
    raise AssertionError("the first installation does not answer")
