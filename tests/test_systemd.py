"""The shipped units under a real systemd, the first process of namespaces of its own: they start, are held in, stop and start anew."""

import re
import sys
from pathlib import Path

import pytest

from monitor.config import load_sources
from tests.system_manager import ROOT, STATE, USER, USER_ID, manager, why_impossible
from tests.web.chromium import CHROMIUM

pytestmark = pytest.mark.skipif(bool(why_impossible()), reason=f"no systemd of its own here: {why_impossible()}")
RUN, PAGES = "eu-bevakning.service", "eu-bevakning-webb.service"
PASSWORD = "/run/credentials/eu-bevakning.service/password"
ASK = """
import threading, time, urllib.request
ends = time.monotonic() + 60
while time.monotonic() < ends:
    try:
        print(urllib.request.urlopen('http://127.0.0.1:8001/om', timeout=20).status)
        break
    except OSError:
        threading.Event().wait(0.1)
"""


TRIAL = "webblasare.service"
ADDED = re.search(r"### Webbläsare\n.*?```ini\n(.*?)```", (ROOT / "docs" / "drift.md").read_text("utf-8"), re.DOTALL)


def trial_unit():
    """Return the scheduler's unit with the trial of the browser that `monitor doctor` makes in place of its command."""
    text = (ROOT / "deploy" / RUN).read_text("utf-8")
    code = f"from monitor.collect.browser import try_browser; print('svar:', try_browser('{CHROMIUM}') or 'startar')"
    text = re.sub(r"^ExecStart=.*$", f'ExecStart=/opt/{USER}/bin/python -c "{code}"', text, flags=re.MULTILINE)
    return re.sub(r"^Restart=.*\n", "", text, flags=re.MULTILINE).replace("Type=exec", "Type=oneshot")


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """Return a systemd with both units running; nothing is due, as every source is off."""
    off = "".join(f"[sources.{source.id}]\nenabled = false\n" for source in load_sources([], {}, "sources.toml"))
    settings = f"[municipality]\nname = 'Provkommun'\n[mail]\npassword_file = '{PASSWORD}'\n{off}"
    overrides = {
        "password": "hemligt\n",
        f"system/{RUN}.d/password.conf": "[Service]\nLoadCredential=password:/etc/systemd/password\n",
        f"system/{TRIAL}": trial_unit(),
        f"system/{TRIAL}.d/browser.conf": ADDED[1],
    }
    with manager(tmp_path_factory.mktemp("machine") / "files", settings, overrides) as made:
        made.wait_for(PAGES, "running")
        made.wait_for(RUN, "running")
        yield made


def status_of(machine, unit):
    pid = machine.show(unit)["MainPID"]
    text = machine.run("cat", f"/proc/{pid}/status")
    return dict(re.findall(r"^(\w+):\s*(.*)$", text, re.MULTILINE)), pid


def inside(machine, unit, *command):
    """Return the output of a command, run by root, that sees the files as the unit does."""
    return machine.run("nsenter", "--mount", f"--target={machine.show(unit)['MainPID']}", *command)


@pytest.mark.parametrize("unit", [RUN, PAGES])
def test_a_unit_runs_as_its_user_without_rights_and_with_filtered_calls(machine, unit):
    status, _ = status_of(machine, unit)
    assert status["Uid"].split() == [str(USER_ID)] * 4
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert {int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {0}


@pytest.mark.parametrize("unit", [RUN, PAGES])
def test_a_unit_writes_in_its_own_folder_alone(machine, unit):
    for place in ("/usr/prov", "/etc/prov", "/opt/prov", "/var/lib/prov"):
        assert "Read-only file system" in inside(machine, unit, "touch", place), place
    assert inside(machine, unit, "touch", f"{STATE}/prov") == ""
    assert inside(machine, unit, "sh", "-c", "ls /root /home").split() in (["/home:", "/root:"], ["/root:", "/home:"])
    machine.run("touch", "/tmp/andras")
    assert "andras" not in inside(machine, unit, "ls", "/tmp")
    assert machine.run("stat", "-c", "%a %u", STATE).split() == ["700", str(USER_ID)]


def test_the_pages_answer(machine):
    python = f"/opt/python/bin/{Path(sys.executable).resolve().name}"
    asked = machine.run("env", "LD_LIBRARY_PATH=/opt/python/lib", python, "-c", ASK)
    assert asked.strip() == "200", machine.log()[-2000:]


def test_a_password_that_systemd_hands_over_is_read_by_the_service_alone(machine):
    assert inside(machine, RUN, "cat", PASSWORD) == "hemligt\n"
    assert "No such file" in inside(machine, PAGES, "cat", PASSWORD)


def test_a_killed_service_is_started_again_and_a_stopped_one_ends_by_itself(machine):
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", PAGES)
    found = machine.wait_for(PAGES, "auto-restart")
    assert (found["Result"], found["RestartUSec"]) == ("signal", "1min")
    machine.run("systemctl", "stop", RUN)
    found = machine.wait_for(RUN, "dead")
    assert (found["Result"], found["ExecMainCode"], found["ExecMainStatus"]) == ("success", "1", "0")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)")
def test_a_browser_runs_scripts_in_the_unit_with_what_drift_adds(machine):
    pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
    machine.run("systemctl", "start", TRIAL)
    assert "svar: startar" in machine.log(), machine.log()[-1000:]


def test_wrong_settings_are_told_once_and_not_tried_again(machine):
    machine.run("sh", "-c", f"echo 'okand = 1' > {STATE}/monitor.toml")
    machine.run("systemctl", "stop", RUN)
    machine.run("systemctl", "start", RUN)
    found = machine.wait_for(RUN, "failed")
    assert (found["ExecMainStatus"], found["NRestarts"]) == ("2", "0")
    assert "okand" in machine.log()
