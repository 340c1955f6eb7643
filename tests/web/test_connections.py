"""Time limit of requests: silent connections are closed, others are left alone. The loop is a fake, so no time passes."""

import asyncio
import resource
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from monitor.config import Config
from monitor.jobs import serve
from monitor.web.framework.connections import REQUEST_SECONDS, PromptConnection, allow_many_files

HEAD = b"POST /svar HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


class Timer:
    def __init__(self, seconds, act):
        self.seconds, self.act, self.cancelled = seconds, act, False

    def cancel(self):
        self.cancelled = True


class Task:
    def add_done_callback(self, act):
        pass


class Loop:
    """Event loop that keeps its timers until the test fires them."""

    def __init__(self):
        self.timers = []

    def call_later(self, seconds, act):
        self.timers.append(Timer(seconds, act))
        return self.timers[-1]

    def create_task(self, coroutine, **_):
        coroutine.close()
        return Task()

    def pass_time(self):
        for timer in [one for one in self.timers if not one.cancelled]:
            timer.cancelled = True
            timer.act()


class Transport(asyncio.Transport):
    closed = False

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass


async def application(scope, receive, send):
    """Stand in for the application, which is never called here."""


@pytest.fixture
def connection():
    config = uvicorn.Config(application, lifespan="off", log_config=None)
    config.load()
    made = PromptConnection(config, ServerState(), {}, _loop=Loop())
    made.connection_made(Transport())
    return made


@pytest.mark.parametrize(
    "said", [(), (b"GET / HT",), (b"GET / HTTP/1.1\r\n", b"Host: x\r\n", b"X: 1\r\n"), (HEAD,), (HEAD, b"ab")]
)
def test_a_request_that_is_not_said_to_its_end_is_given_up(connection, said):
    for piece in said:
        connection.data_received(piece)
    assert [timer.seconds for timer in connection.loop.timers] == [REQUEST_SECONDS], "each further byte gains no time"
    connection.loop.pass_time()
    assert connection.transport.closed


@pytest.mark.parametrize("said", [(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",), (HEAD, b"ab", b"cd")])
def test_a_whole_request_has_the_time_that_its_answer_takes(connection, said):
    for piece in said:
        connection.data_received(piece)
    connection.loop.pass_time()
    assert not connection.transport.closed


def test_nothing_is_left_of_a_visitor_who_went_away(connection):
    connection.connection_lost(None)
    assert all(timer.cancelled for timer in connection.loop.timers)


def test_the_site_is_served_with_such_connections(tmp_path, monkeypatch):
    asked = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: asked.update(options))
    serve.serve(Config(data_dir=tmp_path), lambda: None, "127.0.0.1", 1)
    assert asked["http"] is PromptConnection


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="the limit of open files is read as Linux keeps it")
def test_as_many_files_as_the_user_may_open():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
        allow_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 256 or before[1] <= 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
