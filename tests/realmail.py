"""Postfix and Dovecot on loopback in a folder of their own, as a municipality's mail server: for tests that are skipped without.

Both need root to start, since they give up their rights to users of their packages. Nothing leaves: Postfix knows one domain and
refuses every other. Debian packages: postfix, dovecot-imapd.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

POSTFIX, DOVECOT = Path("/usr/sbin/postfix"), Path("/usr/sbin/dovecot")
DOMAIN, PASSWORD = "eksjo.se", "prov"
TRACES = re.compile(rb"(?:Return-Path|X-Original-To|Delivered-To|Received):[^\n]*\n(?:[ \t][^\n]*\n)*")
"""Headers that servers put before a mail on its way: RFC 5321, section 4.4, and Postfix's own."""
_WAIT_SECONDS = 60
_MAIN = """
compatibility_level = 3.6
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = reject_unauth_destination
default_transport = error:nothing leaves this server
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = regexp:{folder}/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
alias_maps =
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""
_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state-imap
log_path = {folder}/dovecot.log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
"""


def missing() -> str:
    """Return why the servers cannot run here; empty where they can."""
    absent = [path.name for path in (POSTFIX, DOVECOT) if not path.exists()]
    if absent:
        return f"{' and '.join(absent)} not installed"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot are started by root only"


class Servers:
    """Running servers: `port` takes mails, `box` reads those of one person."""

    def __init__(self, folder: Path, port: int, imap_port: int) -> None:
        self.folder = folder
        self.port = port
        self._imap_port = imap_port

    def box(self, name: str, number: int) -> list[bytes]:
        """Return the mails of a person as they were delivered, once there are so many, by IMAP."""
        with imaplib.IMAP4("127.0.0.1", self._imap_port, timeout=_WAIT_SECONDS) as imap:
            imap.login(name, PASSWORD)
            count = int(imap.select("INBOX", readonly=True)[1][0])
            if count < number:
                self._await(imap, number)
            _, found = imap.search(None, "ALL")
            return [imap.fetch(one, "(RFC822)")[1][0][1] for one in found[0].decode().split()]

    def _await(self, imap: imaplib.IMAP4, number: int) -> None:
        """Wait until the selected box has so many mails, which the server says by itself: RFC 2177."""
        imap.send(b"WAIT IDLE\r\n")
        count = 0
        while count < number:
            line = imap.readline()
            assert line, "the connection was closed"
            if found := re.match(rb"\* (\d+) EXISTS", line):
                count = int(found[1])
        imap.send(b"DONE\r\n")
        while not imap.readline().startswith(b"WAIT OK"):
            pass


@contextmanager
def running(names):
    """Run both servers with a box for each of the names, in a folder that is removed in the end."""
    # The folder of a test is closed to other users, which the servers become.
    with tempfile.TemporaryDirectory(prefix="mail-", dir="/tmp") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        owner = pwd.getpwnam("nobody")
        values = {"folder": folder, "domain": DOMAIN, "password": PASSWORD, "uid": owner.pw_uid, "gid": owner.pw_gid}
        port, imap_port = _free_ports(2)
        etc = folder / "postfix"
        for name in ("postfix", "queue", "state", "state-imap", "mail", "run"):
            (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / "state", "postfix")
        shutil.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        (etc / "main.cf").write_text(_MAIN.format(**values), "utf-8")
        (etc / "master.cf").write_text(_MASTER.format(port=port), "utf-8")
        boxes = "".join(f"/^{re.escape(name)}@{re.escape(DOMAIN)}$/ {name}/\n" for name in names)
        (folder / "boxes").write_text(boxes, "utf-8")
        (folder / "dovecot.conf").write_text(_DOVECOT.format(port=imap_port, **values), "utf-8")
        # Both return once they listen.
        _call(folder, POSTFIX, "-c", etc, "start")
        try:
            _call(folder, DOVECOT, "-c", folder / "dovecot.conf")
            try:
                yield Servers(folder, port, imap_port)
            finally:
                _call(folder, DOVECOT, "-c", folder / "dovecot.conf", "stop")
        finally:
            _call(folder, POSTFIX, "-c", etc, "abort")


def _call(folder, *command):
    # To a file: a pipe would be open as long as the server, which has it too.
    with (folder / "start.log").open("a") as log:
        code = subprocess.run([str(part) for part in command], stdout=log, stderr=log, timeout=_WAIT_SECONDS, check=False)
    logs = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.log")))
    assert code.returncode == 0, f"{command[0]}: {logs}"


def _free_ports(number):
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
