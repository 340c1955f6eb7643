"""The systemd units as they are shipped, examined by systemd itself where it is installed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNITS = sorted((ROOT / "deploy").glob("*.service"))
PROGRAM = "/opt/eu-bevakning/bin/monitor"
LARGEST_EXPOSURE = 1.5
examined = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def analyse(*arguments):
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the units with another path of the program, which an unfinished installation lacks."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        text = unit.read_text("utf-8")
        assert text.count(PROGRAM) == 1
        (folder / unit.name).write_text(text.replace(PROGRAM, sys.executable), "utf-8")
    return folder


def test_there_is_one_unit_for_each_of_the_two_processes():
    assert [unit.name for unit in UNITS] == ["eu-bevakning-webb.service", "eu-bevakning.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_memory_is_bounded_and_files_are_private(unit):
    values = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE))
    assert re.fullmatch(r"\d+[MG]", values["MemoryMax"])
    assert values["UMask"] == "0077"
    assert values["StateDirectoryMode"] == "0700"


@examined
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong(folder, unit):
    verdict = analyse("verify", "--man=no", str(folder / unit.name))
    if "Failed to" in verdict.stderr and not verdict.stderr.startswith(unit.name):
        pytest.skip(f"systemd-analyze cannot work here: {verdict.stderr.strip()[:200]}")
    assert (verdict.returncode, verdict.stderr.strip()) == (0, "")


@examined
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_little_of_the_machine_is_open_to_it(folder, unit):
    verdict = analyse("security", "--offline=true", f"--threshold={LARGEST_EXPOSURE * 10:.0f}", str(folder / unit.name))
    if "Unknown option" in verdict.stderr or "unrecognized option" in verdict.stderr:
        pytest.skip("this systemd-analyze is too old for files that are not installed")
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", verdict.stdout)
    assert exposure, verdict.stderr
    assert float(exposure[1]) <= LARGEST_EXPOSURE
    assert verdict.returncode == 0
