"""systemd as the first process of namespaces of its own: a machine with nothing but the units of this program.

It has its own processes, mounts, loopback and tree of cgroups; nothing of the machine outside is reached or changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEMD = Path("/usr/lib/systemd/systemd")
USER, USER_ID = "eu-bevakning", 64_123
STATE = f"/var/lib/{USER}"
_SAID = "/run/said"
"""File of the output of the units, in place of a journal."""
_TARGETS = ("sysinit", "basic", "shutdown", "multi-user", "network-online", "network", "umount", "final", "local-fs", "timers")
_NAMESPACES = ("--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--kill-child=SIGKILL")
# The Python of the tests lies where the user of the units may not look, and ProtectHome hides it.
_PROGRAM = f"""#!/bin/sh
export PYTHONPATH=/opt/{USER}/checkout:/opt/{USER}/site LD_LIBRARY_PATH=/opt/python/lib PYTHONDONTWRITEBYTECODE=1
[ "$(basename "$0")" = python ] || set -- -m monitor "$@"
exec /opt/python/bin/{Path(sys.executable).resolve().name} "$@"
"""
_BEGIN = f"""#!/bin/sh
set -e
mount --make-rprivate /
mount --make-rshared /
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir -p /opt/python /opt/{USER}/bin /opt/{USER}/site /opt/{USER}/checkout
mount --bind "$1" /opt/python
mount --bind "$2" /opt/{USER}/site
mount --bind "$3" /opt/{USER}/checkout
for folder in /run /var/lib /etc/systemd /usr/lib/systemd/system; do mount -t tmpfs -o mode=755 tmpfs $folder; done
cd "$4"
cp -r units/. /usr/lib/systemd/system/
cp -r overrides/. /etc/systemd/
for name in monitor python; do install -m 755 program /opt/{USER}/bin/$name; done
install -d -m 700 -o {USER_ID} -g {USER_ID} {STATE}
install -m 600 -o {USER_ID} -g {USER_ID} settings {STATE}/monitor.toml
for file in passwd group machine-id; do [ ! -e /etc/$file ] || mount --bind $file /etc/$file; done
for folder in /tmp /var/tmp; do mount -t tmpfs -o mode=1777 tmpfs $folder; done
umount -R -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec env -i container=trial PATH=/usr/sbin:/usr/bin:/sbin:/bin {SYSTEMD} --system --unit=trial.target --show-status=no --log-target=null
"""


def why_impossible() -> str:
    """Return why no systemd can be started here, "" where it can."""
    if not sys.platform.startswith("linux") or not SYSTEMD.is_file():
        return "systemd is not installed"
    if os.geteuid() != 0:
        return "a systemd of its own needs root"
    if _cgroups() is None:
        return "no cgroup2 file system to write in"
    tried = subprocess.run(["unshare", *_NAMESPACES, "true"], capture_output=True, text=True, check=False)
    return f"no namespaces: {tried.stderr.strip()[:200]}" if tried.returncode else ""


def _cgroups() -> Path | None:
    """Return the folder of this process in the tree of cgroups of version 2."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    place = next((Path(mount[1]) for mount in mounts if mount[2] == "cgroup2" and "rw" in mount[3].split(",")), None)
    own = next((line[3:] for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines() if line.startswith("0::")), "/")
    return place / own.lstrip("/") if place is not None else None


class Manager:
    """A running systemd."""

    def __init__(self, process: subprocess.Popen[bytes], pid: int, log: Path) -> None:
        self._process, self._pid, self._log = process, pid, log

    def run(self, *command: str) -> str:
        """Run a command as root beside the units, and return its output, errors last."""
        inside = ["nsenter", f"--target={self._pid}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--root", "--wd"]
        done = subprocess.run([*inside, *command], capture_output=True, text=True, check=False, timeout=90)
        return done.stdout + done.stderr

    def show(self, unit: str) -> dict[str, str]:
        """Return the properties of a unit (`systemctl show`)."""
        return dict(line.partition("=")[::2] for line in self.run("systemctl", "show", unit).splitlines())

    def wait_for(self, unit: str, state: str, *, seconds: float = 40.0) -> dict[str, str]:
        """Return the properties of a unit as soon as its SubState is `state`.

        Raises:
            AssertionError: It is in another state after so many seconds.
        """
        ends = time.monotonic() + seconds
        while (found := self.show(unit)).get("SubState") != state:
            assert time.monotonic() < ends, f"{unit} is {found.get('SubState')}, not {state}:\n{self.log()[-3000:]}"
            threading.Event().wait(0.1)
        return found

    def log(self) -> str:
        """Return what the units have said, and what went wrong before systemd began."""
        return self._log.read_text("utf-8", "replace") + self.run("cat", _SAID)


@contextmanager
def manager(folder: Path, settings: str, overrides: dict[str, str]):
    """Yield a systemd that has the shipped units, with these settings, and files below /etc/systemd by name."""
    units = folder / "units"
    units.mkdir(parents=True)
    for target in _TARGETS:
        (units / f"{target}.target").write_text(f"[Unit]\nDescription={target}\n", "utf-8")
    (units / "trial.target").write_text(
        "[Unit]\nDescription=trial\nWants=eu-bevakning.service eu-bevakning-webb.service\n", "utf-8"
    )
    for unit in (ROOT / "deploy").glob("*.service"):
        shutil.copy(unit, units)
    (folder / "overrides").mkdir()
    to_file = f"[Service]\nStandardOutput=append:{_SAID}\nStandardError=inherit\n"
    for name, text in {**overrides, "system/service.d/output.conf": to_file}.items():
        file = folder / "overrides" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    account = f"{USER}:x:{USER_ID}:{USER_ID}::{STATE}:/usr/sbin/nologin\n"
    (folder / "passwd").write_text(Path("/etc/passwd").read_text("utf-8") + account, "utf-8")
    (folder / "group").write_text(Path("/etc/group").read_text("utf-8") + f"{USER}:x:{USER_ID}:\n", "utf-8")
    (folder / "machine-id").write_text("0123456789abcdef0123456789abcdef\n", "utf-8")
    (folder / "program").write_text(_PROGRAM, "utf-8")
    (folder / "settings").write_text(settings, "utf-8")
    (folder / "begin").write_text(_BEGIN, "utf-8")
    own = _cgroups()
    assert own is not None
    group = own / f"eu-monitor-{os.getpid()}"
    group.mkdir()
    begin = ["sh", str(folder / "begin"), sys.base_prefix, sysconfig.get_path("purelib"), str(ROOT), str(folder)]
    entered = 'echo $$ > "$0/cgroup.procs" && exec unshare "$@"'
    command = ["sh", "-c", entered, str(group), *_NAMESPACES, *begin]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        made = Manager(process, _first_process(process), folder / "log")
        made.wait_for("trial.target", "active", seconds=20)
        yield made
    finally:
        process.kill()  # its child, the first process of the namespaces, is killed with it, and that ends all others
        process.wait()
        _remove(group)


def _first_process(process: subprocess.Popen[bytes]) -> int:
    """Return the id of the first process of the namespaces, once it is systemd."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        if children and Path(f"/proc/{children[0]}/comm").read_text("utf-8").strip() == "systemd":
            return int(children[0])
        threading.Event().wait(0.05)
    raise AssertionError("systemd did not start")


def _remove(group: Path) -> None:
    ends = time.monotonic() + 10
    while group.is_dir() and time.monotonic() < ends:
        for path, _, _ in sorted(os.walk(group), key=lambda walked: -len(walked[0])):
            try:
                Path(path).rmdir()
            except OSError:  # a process of it is still ending
                threading.Event().wait(0.05)
