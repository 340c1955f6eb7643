"""`python -m benchmarks.pages`: the time of every page at 100,000 calls, alone, and with fifty readers while a crawl writes.

The server is `monitor serve` in a process of its own. Alone, each page is asked for again and again by one reader. Then fifty
readers ask for the pages that need no login, each a page every five seconds on average, while `monitor crawl` reads a portal day
again and again in which every call has changed. Milliseconds of CPU are those of the server's process.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

from benchmarks.archives import filled_archive, settings_text, shipped_rules
from benchmarks.generate import NOW, Inputs
from benchmarks.measure import percentile, server
from benchmarks.search import LENGTH, QUERIES
from monitor.archive import open_archive
from monitor.config import Config, load_config
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.jobs.digest import build_digests
from monitor.jobs.serve import make_site
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.web.framework.auth import save_password
from monitor.web.urls import ROUTES
from monitor.web.views.settings import TABLES
from tests.commands import free_port

MOST_ALONE, MOST_WITH_READERS = 200.0, 400.0
"""Milliseconds that 95 of 100 answers may take at most."""
_FILLED = "filled"
_IDLE_SECONDS = 0.05
"""Seconds of CPU in a second below which a server is idle."""
READERS, PAUSE_SECONDS = 50, 5.0
_PASSWORD = "en lång mening för mätningen"
_PORTAL = "[network]\nallow_loopback = true\ndelay = 0\nretries = 0\n[sources.funding-tenders]\nurl = 'http://127.0.0.1:{port}/search'\n"
_FACETS = ({}, {"status": "open"}, {"kalla": "funding-tenders"}, {"status": "open", "sort": "sista-dag"}, {"sida": "3"})
# Why a route is no page to measure, by the beginning of its pattern.
LEFT_OUT = {
    "files": r"\\\.|/html\$|/mejl\$|/health|/metrics|common-grants|/hjalp",
    "other addresses of a measured page": r"utlysning/\(|^\^/u/\(\?P<short>|^\^/s/",
    "needs what a generated archive lacks": r"/dokument/|/original/|/las/|\)/utkast/|/mejl/\(\?P<number>|/prov\$|/prov/",
    "the municipality's accounts, a sign-up, the first day": r"/logga-in/|/anmal/|/kom-igang",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Addresses of one page, with and without log-in."""

    name: str
    addresses: Sequence[str]
    coordinator: bool


@dataclass
class Times:
    """Milliseconds of a page's answers, alone and with the readers, and the server's CPU for one answer."""

    alone: list[float] = field(default_factory=list)
    cpu: float = 0.0
    beside: list[float] = field(default_factory=list)


def pages_to_measure(samples: Mapping[str, Sequence[str]]) -> list[Page]:
    """Return every page that answers a GET, with addresses made of the samples of the variables in its pattern.

    Args:
        samples: Values by name of a variable, or by pattern and name ("^/samordna/kallor/ row").

    Raises:
        KeyError: A route is neither left out nor has samples: it is new.
    """
    found = []
    for route in ROUTES:
        if "GET" not in route.methods or why_left_out(route.pattern):
            continue
        pattern = route.pattern.removeprefix("^").removesuffix("$").replace(r"(?:u/(?P<number>[0-9]{1,11})", "u/(?P<number>x)", 1)
        pattern = re.sub(r"\|utlysning/\(\?P<source>\[\^/\]\+\)/\(\?P<call>\[\^/\]\+\)\)", "", pattern)
        names = re.findall(r"\(\?P<(\w+)>", pattern)
        addresses = [pattern]
        for name in names:
            group = re.compile(rf"\(\?P<{name}>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
            values = next((samples[key] for key in (f"{group.split(pattern)[0]} {name}", name) if key in samples), None)
            if values is None:
                raise KeyError(f"{route.pattern}: no sample of {name}")
            addresses = [group.sub(lambda _, text=value: quote(text, safe="@"), one) for value in values for one in addresses]
        if pattern == "/sok":
            addresses = [f"/sok?{urlencode({'q': query, **facets})}" for query in QUERIES for facets in _FACETS]
        if pattern == "/hitta":
            addresses = [f"/hitta?{urlencode({'vad': query})}" for query in QUERIES]
        found.append(Page(re.sub(r"\(\?P<(\w+)>.*?\)(?=[/$]|$)", r"<\1>", pattern), addresses, route.coordinator))
    return found


def why_left_out(pattern: str) -> str:
    """Return why a route is not measured, "" for one that is."""
    plain = pattern.replace("|utlysning/(?P<source>[^/]+)/(?P<call>[^/]+)", "")
    return next((reason for reason, marks in LEFT_OUT.items() if re.search(marks, plain)), "")


class Reader:
    """Reader with cookies of its own."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, address: str, values: Mapping[str, str] | None = None) -> tuple[float, str]:
        """Return the milliseconds until the whole answer has arrived, and its text."""
        body = urlencode(values).encode() if values else None
        begun = time.perf_counter()
        try:
            with self._opener.open(self._base + address, body, timeout=120) as answer:
                text = answer.read().decode("utf-8", "replace")
        except HTTPError as error:
            if not (error.code == 404 and address.startswith("/hitta")):  # an answer there: no call has such a title
                raise RuntimeError(f"{address} answered {error.code}") from error
            text = error.read().decode("utf-8", "replace")
        return (time.perf_counter() - begun) * 1000, text

    def log_in(self) -> None:
        """Log in as the coordinator."""
        form = self.ask("/logga-in")[1]
        token = re.search(r'name="csrftoken" value="([^"]+)"', form)
        assert token is not None
        self.ask("/logga-in", {"losen": _PASSWORD, "csrftoken": token[1]})
        assert "Samordna" in self.ask("/samordna")[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all pages; exit code 1 when one of them takes longer than its bound."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--asks", type=int, default=20, help="answers measured of each page")
    parser.add_argument("--seconds", type=float, default=120.0, help="time that the fifty readers read")
    parser.add_argument("--folder", type=Path, help="keep the installation there, and use it again when it is there")
    parser.add_argument("--only", default="", metavar="PATTERN", help="only pages whose address matches")
    options = parser.parse_args(arguments)
    inputs = Inputs()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, ExitStack() as stack:
        told(f"filling an archive with {options.calls} calls ...")
        config = fill(options.folder or Path(temporary), inputs, options.calls)
        samples = samples_of(config)
        measured = [page for page in pages_to_measure(samples) if re.search(options.only, page.name)]
        base, cpu = stack.enter_context(serving(config))
        times = {page.name: Times() for page in measured}
        wait_until_idle(cpu)
        told(f"load of the machine {load()}; each page alone ...")
        for page in measured:
            measure_alone(page, base, options.asks, cpu, times[page.name])
        alone = load()
        told(f"{READERS} readers and a crawl ...")
        crawls = stack.enter_context(crawling(config, inputs, stack))
        read_together([page for page in measured if not page.coordinator], base, options.seconds, times)
        return report(measured, times, alone, crawls())


def told(text: str) -> None:
    """Say how far the run is."""
    print(text, file=sys.stderr, flush=True)


def load() -> str:
    """Return the load averages of the machine."""
    return "/".join(f"{part:.1f}" for part in os.getloadavg())


def fill(folder: Path, inputs: Inputs, size: int) -> Config:
    """Return an installation with calls, matches and a week's mails, made where the folder has none."""
    if (folder / _FILLED).is_file():
        return load_config(folder / "monitor.toml")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(RULES, folder / "rules")
    rules = shipped_rules()
    recipients = [(department, f"{department}@example.se") for department in sorted(rules.departments)]
    text = settings_text(recipients=recipients) + '[rules]\ndir = "rules"\n'
    (folder / "monitor.toml").write_text(text, "utf-8")
    config = load_config(folder / "monitor.toml")
    save_password(config.data_dir, _PASSWORD)
    with filled_archive(config.archive, inputs.maker.calls(size, length=LENGTH), match=True) as archive:
        build_digests(config, archive, NOW, rules=rules)
    (folder / _FILLED).touch()
    return config


def samples_of(config: Config) -> dict[str, list[str]]:
    """Return samples of the variables of addresses."""
    rules = load_rules(config.rules_dir)
    departments = sorted(rules.departments)
    with open_archive(config.archive) as archive:
        numbers = archive.db.execute("SELECT number FROM calls ORDER BY hash LIMIT 200").fetchall()
        digests = [row[0] for row in archive.db.execute("SELECT id FROM digests ORDER BY id").fetchall()]
        told_of = archive.db.execute("SELECT department, source, call_id, digest FROM digest_items LIMIT 20").fetchall()
    site = make_site(config, lambda: NOW)
    signer = Signer(site.secret)
    site.archive.close()
    links = [AnswerLink(department=row[0], source=row[1], call_id=row[2], digest=row[3]) for row in told_of]
    answers = [signer.answer_token(link, NOW.date()) for link in links]
    leaving = [signer.leave_token(LeaveLink(department=name, recipient=f"{name}@example.se")) for name in departments]
    concepts = sorted(path.stem for path in (config.rules_dir / "concepts").glob("*.toml"))
    return {
        "number": [str(number) for (number,) in numbers],
        "department": departments,
        "theme": sorted(theme.theme.id for theme in rules.themes)[:10],
        "name": concepts[:10],
        "digest": digests,
        "table": sorted(TABLES)[:3],
        "draft": ["ny"],
        "/svar/ token": answers,
        "token": leaving,
        "/samordna/forvaltningar/ row": departments,
        "/samordna/program/ row": sorted(rules.programmes)[:10],
        "/samordna/kallor/ row": [source.id for source in config.sources][:20],
    }


@contextmanager
def serving(config: Config) -> Iterator[tuple[str, Callable[[], float]]]:
    """Run `monitor serve`; yield its address, and a function that returns the seconds of CPU of its process."""
    port = free_port()
    command = monitor(config.path, "serve", "--port", str(port))
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base, process)
        yield base, lambda: cpu_of(process.pid)
    finally:
        process.terminate()
        process.wait()


def monitor(settings: Path | None, *arguments: str) -> list[str]:
    """Return a command of the program at the time of the calls."""
    return [sys.executable, "-m", "monitor", "--config", str(settings), "--now", NOW.isoformat(), *arguments]


def wait_for(base: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers.

    Raises:
        RuntimeError: It has ended, or has not answered after two minutes.
    """
    ends = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"{base}/om", timeout=5) as answer:
                answer.read()
            return
        except OSError:
            time.sleep(0.2)  # the server gives no sign when it listens
    raise RuntimeError("the server did not start")


def wait_until_idle(cpu: Callable[[], float]) -> None:
    """Wait until the server has read what it keeps for its pages, which it does after its start; two minutes at most."""
    ends = time.monotonic() + 120
    before = -1.0
    while cpu() - before > _IDLE_SECONDS and time.monotonic() < ends:
        before = cpu()
        time.sleep(1)  # the seconds of CPU are its only sign


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU of a process and its threads (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_alone(page: Page, base: str, asks: int, cpu: Callable[[], float], times: Times) -> None:
    """Ask for a page again and again as the only reader, its addresses in turn."""
    reader = Reader(base)
    if page.coordinator:
        reader.log_in()
    reader.ask(page.addresses[0])
    begun = cpu()
    times.alone = [reader.ask(page.addresses[number % len(page.addresses)])[0] for number in range(asks)]
    times.cpu = (cpu() - begun) * 1000 / asks
    told(f"  {page.name}: p95 {percentile(times.alone, 0.95):.0f} ms, CPU {times.cpu:.0f} ms")


def read_together(pages: Sequence[Page], base: str, seconds: float, times: Mapping[str, Times]) -> None:
    """Let the readers ask for pages, each with pauses of its own length, until the time is over."""
    ends = time.monotonic() + seconds
    lock = threading.Lock()

    def read(number: int) -> None:
        chance, reader = random.Random(number), Reader(base)
        # A reader reads before the next page. Whose pause outlasts the time asks no more: all would ask in the same moment.
        while (pause := chance.expovariate(1 / PAUSE_SECONDS)) < ends - time.monotonic():
            time.sleep(pause)
            page = chance.choice(pages)
            took, _ = reader.ask(chance.choice(page.addresses))
            with lock:
                times[page.name].beside.append(took)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()


@contextmanager
def crawling(config: Config, inputs: Inputs, stack: ExitStack) -> Iterator[Callable[[], int]]:
    """Crawl two portal days in turns until the end, in each of which every call differs; yield the count of crawls."""
    assert config.path is not None
    settings = []
    for seed in (1, 2):
        folder = config.path.parent / f"portal-{seed}"
        folder.mkdir(exist_ok=True)
        for number, page in enumerate(inputs.maker.portal_pages(636, seed), 1):
            (folder / f"{number}.json").write_bytes(page)
        port = stack.enter_context(server("portal", str(folder)))
        file = config.path.parent / f"crawl-{seed}.toml"
        file.write_text(config.path.read_text("utf-8") + _PORTAL.format(port=port), "utf-8")
        settings.append(file)
    ended, done = threading.Event(), []

    def crawl() -> None:
        while not ended.is_set():
            file = settings[len(done) % len(settings)]
            command = ["nice", "-n", "10", *monitor(file, "crawl", "funding-tenders")]  # as deploy/eu-bevakning.service does
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and not ended.wait(0.1):
                pass
            if process.poll() is None:
                process.kill()
                process.wait()
            elif process.returncode in (0, 1):
                done.append(process.returncode)
            else:
                raise RuntimeError(f"the crawl ended with {process.returncode}")

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        yield lambda: len(done)
    finally:
        ended.set()
        thread.join()


def report(pages: Sequence[Page], times: Mapping[str, Times], alone: str, crawls: int) -> int:
    """Print the table, the slowest page first; return 1 when a page takes longer than its bound, else 0."""
    print(f"load of the machine: {alone} after the pages alone, {load()} after the readers; {crawls} crawls meanwhile\n")
    print(f"| page | p50 alone | p95 alone | CPU | p95 with {READERS} readers | answers |\n|---|---|---|---|---|---|")
    slow = []
    for page in sorted(pages, key=lambda one: -times[one.name].cpu):
        found = times[page.name]
        both = percentile(found.alone, 0.95), percentile(found.beside, 0.95) if found.beside else 0.0
        beside = f"{both[1]:.0f} | {len(found.beside)}" if found.beside else "- | -"
        print(f"| {page.name} | {percentile(found.alone, 0.5):.0f} | {both[0]:.0f} | {found.cpu:.0f} | {beside} |")
        slow += [page.name] if both[0] > MOST_ALONE or both[1] > MOST_WITH_READERS else []
    everything = [took for found in times.values() for took in found.beside]
    if everything:
        parts = ", ".join(f"p{100 * part:.0f} {percentile(everything, part):.0f} ms" for part in (0.5, 0.95))
        print(f"\nall pages with {READERS} readers: {parts}")
    print(f"over {MOST_ALONE:.0f} ms alone or {MOST_WITH_READERS:.0f} ms with readers: {', '.join(slow) or 'none'}")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
