"""The wheel holds what is tracked, and an installed copy finds its spiders, rules and digests."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
HELP = "monitor/web/help/"
"""Folder of the documentation, which is built into the wheel."""
INSIDE = {"spiders": "monitor/spiders", "rules": "monitor/rules", "digests": "monitor/digests", "monitor": "monitor"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    # Without isolation: hatchling is there, and nothing is asked of the network.
    subprocess.run(
        [sys.executable, "-c", f"import hatchling.build as b; b.build_wheel({str(out)!r})"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


def tracked():
    listed = subprocess.run(["git", "ls-files", *INSIDE], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return {line for line in listed.stdout.splitlines() if (ROOT / line).is_file()}


def test_the_wheel_holds_the_tracked_files_and_no_others(wheel):
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name and not name.startswith(HELP)}
    wanted = {re.sub(r"^[^/]+", lambda folder: INSIDE[folder[0]], name) for name in tracked()}
    assert wanted <= inside
    untracked = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", *INSIDE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    new = {re.sub(r"^[^/]+", lambda folder: INSIDE[folder[0]], name) for name in untracked.stdout.splitlines()}
    assert inside - new <= wanted


def test_the_wheel_carries_the_documentation_as_a_site(wheel):
    """Whoever installs the wheel alone has the handbook under /hjalp, and no build tool."""
    documents = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"README"}
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.removeprefix(HELP) for name in archive.namelist() if name.startswith(HELP)}
        assert archive.read(f"{HELP}site.css") == (ROOT / "monitor" / "web" / "static" / "site.css").read_bytes()
    assert {f"{name}.html" for name in documents | {"index"}} <= inside
    assert {path.name for path in (ROOT / "docs").glob("*.png")} <= inside
    assert not [name for name in inside if name.endswith((".py", ".md"))]


def test_the_wheel_carries_the_licence(wheel):
    """Every copy that is handed on comes with the text (EUPL-1.2, article 5)."""
    with zipfile.ZipFile(wheel) as archive:
        (inside,) = [name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
        assert archive.read(inside) == (ROOT / "LICENSE").read_bytes()


def test_an_unpacked_wheel_finds_its_spiders_and_rules(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        "from monitor import paths; from monitor.collect import settings; from scrapy.settings import Settings;"
        "from scrapy.spiderloader import get_spider_loader; s = Settings(); s.setmodule(settings);"
        "print(paths.SPIDERS_MODULE, paths.RULES.is_dir(), paths.DIGESTS.is_dir(), *sorted(get_spider_loader(s).list()))"
    )
    answer = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path)},
    )
    words = answer.stdout.split()
    assert words[:3] == ["monitor.spiders", "True", "True"]
    assert set(words[3:]) == {path.stem for path in (ROOT / "spiders").glob("*.py")} - {"__init__"}


def test_the_checkout_finds_the_same_spiders():
    listed = subprocess.run([sys.executable, "-m", "scrapy", "list"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(listed.stdout.split()) == {path.stem for path in (ROOT / "spiders").glob("*.py")} - {"__init__"}


def test_every_pin_is_plain():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert len(lines) > 50
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", line)] == []


def plain(name):
    """Return the name as an index compares it.

    Rule: https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=\[;]", name)[0]).lower()


@pytest.fixture(scope="module")
def asked():
    """Return the dependencies of pyproject.toml: the program's own under "", and with each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    own = {plain(name) for name in project["dependencies"]}
    return {"": own} | {extra: own | {plain(name) for name in names} for extra, names in project["optional-dependencies"].items()}


def test_every_dependency_is_pinned(asked):
    assert asked["test"] <= {plain(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}


def imported(folder):
    """Yield the first name of every module that a folder's files import by its full name."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("folder", "extras"),
    [("monitor", ("mcp", "cluster")), ("monitor/cluster", ("cluster",)), ("spiders", ("",)), ("tests", ("test",))],
)
def test_what_is_imported_is_asked_for(folder, extras, asked):
    """What another package happens to bring is gone the day that package no longer wants it."""
    brought = metadata.packages_distributions()
    ours = sys.stdlib_module_names | {"monitor", "spiders", "tests", "benchmarks"}
    wanted = set().union(*(asked[extra] for extra in extras))
    missing = {name for name in set(imported(folder)) - ours if not wanted & {plain(one) for one in brought.get(name, ())}}
    assert missing == set()


@pytest.mark.parametrize(
    ("extra", "files"),
    [
        ("mcp", {"monitor/jobs/mcp_server.py"}),
        ("cluster", {f"monitor/cluster/{name}.py" for name in ("dispatch", "reading", "worker")}),
    ],
)
def test_packages_of_an_extra_are_imported_where_their_absence_is_told(asked, extra, files):
    """Only the server for assistants needs the extra `mcp`, only jobs on several machines `cluster`; both say how to install it."""
    extra = asked[extra] - asked[""]
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "monitor").rglob("*.py")
        if re.search(
            rf"^\s*(from|import) ({'|'.join(name.replace('-', '_') for name in extra)})\b", path.read_text("utf-8"), re.M
        )
    }
    assert users == files


def dockerfile():
    """Return the instructions of the Dockerfile: (name, arguments), continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image_is_made_from_plain_python_and_pins_alone():
    found = dockerfile()
    bases = [arguments.split()[0] for name, arguments in found if name == "FROM"]
    assert {re.fullmatch(r"python:3\.\d+-slim", base) is not None for base in bases} == {True}
    (install,) = [arguments for name, arguments in found if "pip install" in arguments]
    assert "-c constraints.txt ." in install
    assert not any(word in arguments for _, arguments in found for word in ("apt-get", "curl", "http:", "https:", "--index-url"))


def test_the_image_runs_as_an_ordinary_user_with_a_volume_and_a_health_check_that_exists():
    from monitor.cli import monitor

    said = dict(dockerfile())
    (useradd,) = [arguments for name, arguments in dockerfile() if "useradd" in arguments]
    home = said["VOLUME"]
    assert said["USER"] not in ("root", "0")
    assert f"useradd --system --uid 10001 --home-dir {home}" in useradd
    assert f"MONITOR_CONFIG={home}/monitor.toml" in said["ENV"]
    check = said["HEALTHCHECK"].partition(" CMD ")[2]
    context = click.Context(monitor)
    (name,) = re.findall(r"monitor (\w+)", check)
    assert {name, *re.findall(r'"(\w+)"', said["CMD"])} <= set(monitor.list_commands(context))
    options = {option for one in monitor.get_command(context, name).params for option in one.opts}
    assert set(re.findall(r"(?<!\w)--json", check)) <= options


def test_what_is_private_or_large_stays_out_of_the_image():
    ignored = set((ROOT / ".dockerignore").read_text("utf-8").split())
    assert {".git", ".venv", "data", "monitor.toml", "members", "demo-data"} <= ignored
