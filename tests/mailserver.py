"""A real mail server on loopback for tests, which misbehaves when it is told to."""

import asyncio
import threading

from aiosmtpd.smtp import SMTP

from tests.mailing import read_mail


class Handler:
    """Handler that takes mails; `mail`, `rcpt` and `data` give other answers, `drop` and `slow` name recipients."""

    def __init__(self):
        self.taken = []
        self.connections = 0
        self.mail = "250 OK"
        self.rcpt = {}
        self.data = []
        self.drop = []
        self.slow = []
        self.hang_up = 0
        """Number of mails after which the connection breaks; 0 for never."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.hang_up and len(self.taken) == self.hang_up:
            self.hang_up = 0
            server.transport.abort()
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.rcpt:
            return self.rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (recipient,) = envelope.rcpt_tos
        if recipient in self.slow:
            self.slow.remove(recipient)
            await asyncio.sleep(30)
        if recipient in self.drop:
            self.drop.remove(recipient)
            server.transport.abort()
            return "250 never heard"
        if self.data:
            return self.data.pop(0)
        self.taken.append((recipient, envelope.mail_from, envelope.content))
        return "250 OK"

    @property
    def ids(self):
        return [str(read_mail(content)["Message-ID"]) for _, _, content in self.taken]


class Running:
    """Server in a thread of its own, so that it answers while the test sends."""

    def __init__(self, handler, port=0, **options):
        self.handler = handler
        self._options = options
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        tls = self._options.pop("tls", None)
        make = lambda: SMTP(self.handler, hostname="prov", enable_SMTPUTF8=False, **self._options)  # noqa: E731
        self._server = self._loop.run_until_complete(self._loop.create_server(make, "127.0.0.1", self._port, ssl=tls))
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *exception):
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(10)
        assert not self._thread.is_alive()
        self._loop.close()

    def _stop(self):
        self._server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        gathered = asyncio.gather(*tasks, self._server.wait_closed(), return_exceptions=True)
        gathered.add_done_callback(lambda future: self._loop.stop())
