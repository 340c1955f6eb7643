"""Fixtures: an installation made by code, served in the same process, and a client without a browser engine."""

import asyncio
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from monitor.archive import open_archive
from monitor.archive.numbers import number_of
from monitor.calls import CallKey
from monitor.config import load_config
from monitor.jobs.preview import draft_mail, plan_digests, read_candidates
from monitor.jobs.serve import PageWork
from monitor.web.framework.app import make_app
from monitor.web.framework.auth import save_password
from monitor.web.framework.request import CurrentRules, Site
from tests.web.sample import NOW, PASSWORD, make_sample

BASE = "http://127.0.0.1:8001"


@dataclass
class FakeJobs:
    """The jobs of the pages, with no process started; counts what was asked for."""

    config: object
    rematched: int = 0
    matching_state: str = ""
    examples: list = field(default_factory=list)
    checks: dict = field(default_factory=dict)
    """Answers of the jobs that read a source, by its id or address."""
    checked: list = field(default_factory=list)
    works: list = field(default_factory=list)
    obstacle: str = "Ingen webbläsare är angiven i network.browser."
    """Why the installation reads nothing with a browser."""

    def planned(self, rules, now, departments=()):
        with open_archive(self.config.archive) as archive:
            return plan_digests(self.config, archive, rules, now, departments)

    def read_candidates(self, rules, now, department):
        with open_archive(self.config.archive) as archive:
            return read_candidates(self.config, archive, rules, now, department)

    def draft(self, rules, now, wish, memory=None):
        with open_archive(self.config.archive) as archive:
            return draft_mail(self.config, archive, rules, now, wish, memory)

    def rewrite(self, rules, digest, more):
        return PageWork(self.config).rewrite(rules, digest, more)

    def guide(self, rules, *, has_password):
        return PageWork(self.config).guide(rules, has_password=has_password)

    def start_guide_work(self, work):
        self.works.append(work)
        return ""

    def approve_first_mails(self, now):
        PageWork(self.config).approve_first_mails(now)

    def keep_mail_password(self, password):
        return PageWork(self.config).keep_mail_password(password)

    def make_example(self, answer, now):
        self.examples.append(answer)
        return []

    def health(self, now, rules_error):
        return PageWork(self.config).health(now, rules_error)

    def metrics(self, now, rules_error):
        return PageWork(self.config).metrics(now, rules_error)

    def rematch(self):
        self.rematched += 1

    def matching(self):
        return self.matching_state

    def settings_text(self, file):
        return PageWork(self.config).settings_text(file)

    def edit_settings(self, request, now):
        return PageWork(self.config).edit_settings(request, now)

    def undo_settings(self, change, who, now):
        return PageWork(self.config).undo_settings(change, who, now)

    def save_rules(self, request, now):
        return PageWork(self.config).save_rules(request, now)

    def browser_obstacle(self):
        return self.obstacle

    def check_source(self, source, change):
        self.checked.append((source, dict(change)))
        return self.checks[source]

    def read_address(self, address):
        self.checked.append((address, {}))
        return self.checks[address]


class Browser:
    """Client of the application over ASGI that keeps cookies as a browser does."""

    def __init__(self, site, client=("127.0.0.1", 50000)):
        self.site = site
        self._loop = asyncio.new_event_loop()
        self.app = make_app(site)
        transport = httpx.ASGITransport(self.app, client=client, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=BASE)

    def _run(self, coroutine):
        return self._loop.run_until_complete(coroutine)

    def get(self, path, **more):
        """Fetch a page. The long address of a call's page is followed to its present one."""
        answer = self._run(self._client.get(path, **more))
        if answer.status_code == 301 and path.startswith("/utlysning/"):
            return self._run(self._client.get(answer.headers["location"]))
        return answer

    def request(self, method, path, **more):
        return self._run(self._client.request(method, path, **more))

    def raw(self, path, query=b""):
        """Send a GET that no well-behaved client would send; return the status and the body."""
        sent = []

        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [],
            "client": ("127.0.0.1", 1),
            "scheme": "http",
            "http_version": "1.1",
        }
        self._run(self.app(scope, receive, send))
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    def post(self, path, values=(), *, page="", **more):
        """Post a form as the page that holds it would: `page` is fetched first for its token."""
        values = dict(values)
        if page:
            values["csrftoken"] = token(self.get(page).text)
        return self._run(self._client.post(path, data=values, **more))

    def log_in(self, password=PASSWORD):
        return self.post("/logga-in", {"losen": password}, page="/logga-in")

    @property
    def cookies(self):
        return self._client.cookies

    def close(self):
        self._run(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def page_of(site, source, call_id):
    """Return the path of a call's page."""
    with open_archive(site.config.archive) as archive:
        return f"/u/{number_of(archive.db, CallKey(source, call_id))}"


def token(html):
    return re.search(r'name="csrftoken" value="([^"]+)"', html)[1]


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "installation"
    config = make_sample(folder)
    save_password(config.data_dir, PASSWORD)
    return folder


@pytest.fixture(scope="session")
def sample_rules(sample_folder):
    rules = CurrentRules(load_config(sample_folder / "monitor.toml").rules_dir)
    rules.get()
    return rules


def changeable_rules(site, sample_rules):
    """Return rules of the site's own, equal to the sample's; they are read only after one of their files has changed."""
    rules = CurrentRules(site.config.rules_dir)
    rules._rules, rules._stamp = sample_rules.get(), rules._file_stamp()
    return rules


@pytest.fixture
def site(sample_folder, sample_rules, tmp_path):
    """Yield a copy of the sample that a test may change; the rules are read once for all tests."""
    folder = tmp_path / "installation"
    shutil.copytree(sample_folder, folder)
    config = load_config(folder / "monitor.toml")
    site = Site(config, lambda: NOW, FakeJobs(config))
    site._rules = sample_rules
    yield site
    site.archive.close()


@pytest.fixture
def browser(site):
    browser = Browser(site)
    yield browser
    browser.close()


@pytest.fixture
def coordinator(browser):
    assert browser.log_in().status_code == 303
    return browser


def rows(site, table):
    """Return every row of a table, to show that nothing changed."""
    with open_archive(site.config.archive) as archive:
        return [tuple(row) for row in archive.db.execute(f"SELECT * FROM {table}").fetchall()]


def everything(site):
    """Return every row of every table but those of full-text search."""
    with open_archive(site.config.archive) as archive:
        names = [
            row[0]
            for row in archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'")
        ]
    return {name: rows(site, name) for name in names}
