"""The documentation speaks of the program as it is: every command, option and setting in it exists, and every command is in it."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from monitor.cli import monitor
from monitor.config import Config, load_config
from monitor.sources import Source

ROOT = Path(__file__).resolve().parent.parent
DOCS = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")), *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s;|/\\])monitor((?: +[^\s|;#)`]+)*)")
TABLES = {name for name, info in Config.model_fields.items() if hasattr(info.annotation, "model_fields")} | {"source", "sources"}


def text_of(path):
    return path.read_text("utf-8")


def typed(path):
    """Yield every command line in a code block or between back ticks."""
    text = text_of(path)
    for kind, block in FENCE.findall(text):
        if kind in ("sh", "powershell", ""):
            for line in block.splitlines():
                yield from (found[1] for found in COMMAND.finditer(line.split("#")[0].split("→")[0]))
    for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", FENCE.sub("", text)):
        if span.startswith("monitor "):
            yield span.removeprefix("monitor")


def resolve(words):
    """Return the command that the words name, and the words that are left."""
    command, rest = monitor, list(words)
    while rest:
        if rest[0] in ("--help", "-h"):
            break
        if rest[0].startswith("-") and command is monitor:
            option = next(one for one in monitor.params if rest[0] in one.opts)
            rest = rest[1:] if getattr(option, "is_flag", False) else rest[2:]
        elif isinstance(command, click.Group):
            name = rest.pop(0)
            command = command.get_command(click.Context(command), name)
            assert command is not None, f"there is no command {name!r}"
        else:
            break
    return command, rest


def is_command(words):
    return bool(words) and bool(re.fullmatch(r"[a-z-]+|--?[a-z-]+", words[0]))


def check(line):
    words = shlex.split(line, posix=True)
    if not is_command(words):
        return
    command, rest = resolve(words)
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    for word in rest:
        if word.startswith("-") and len(word) > 1:
            assert word.split("=")[0] in options, f"monitor{line}: there is no option {word}"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_command_and_option_exists(path):
    for line in typed(path):
        check(line)


@pytest.mark.parametrize("path", [one for one in DOCS if one.name != "koordinator.md"], ids=lambda path: path.name)
def test_every_table_of_settings_is_taken_by_the_program(path, tmp_path):
    for kind, block in FENCE.findall(text_of(path)):
        data = tomllib.loads(block) if kind == "toml" else {}
        if data and set(data) <= {*TABLES, *Config.model_fields}:
            (tmp_path / "monitor.toml").write_text(block, "utf-8")
            load_config(tmp_path / "monitor.toml")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_setting_named_in_passing_exists(path):
    # Tables of keys in the document on JSON are about answers; tests/test_json.py compares them.
    text = re.sub(r"^\| `.*$", "", text_of(path), flags=re.MULTILINE) if path.name == "json.md" else text_of(path)
    for table, key in re.findall(r"`(\w+)\.(\w+)`", text):
        if table not in TABLES or key in ("toml", "py", "db"):
            continue
        model = Source if table in ("source", "sources") else Config.model_fields[table].annotation
        aliases = {info.alias or name for name, info in model.model_fields.items()}
        assert key in aliases, f"{path.name}: there is no setting {table}.{key}"


def test_every_command_is_in_the_documentation():
    everything = "\n".join(text_of(path) for path in DOCS)
    names = monitor.list_commands(click.Context(monitor))
    assert len(names) > 20
    missing = [name for name in names if not re.search(rf"`(?:monitor )?{name}\b|monitor(?: --config \S+)? {name}\b", everything)]
    assert missing == []


def test_every_file_that_is_linked_to_is_there():
    for path in DOCS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text_of(path)):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_deployed_files_are_named_as_they_are():
    for name in re.findall(r"deploy/[\w.-]+", text_of(ROOT / "docs" / "drift.md")):
        assert (ROOT / name).is_file(), name
    unit = text_of(ROOT / "deploy" / "eu-bevakning.service")
    for found in re.findall(
        r"^ExecStart=\S+/monitor(.*)$", unit + text_of(ROOT / "deploy" / "eu-bevakning-webb.service"), re.MULTILINE
    ):
        check(found)


def test_the_messages_that_are_explained_are_those_that_the_program_says():
    table = text_of(ROOT / "docs" / "drift.md").partition("## När något är fel")[2]
    messages = [
        one for line in table.splitlines() if line.startswith("| `") for one in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]
    assert len(messages) > 5
    program = "\n".join(path.read_text("utf-8") for path in (ROOT / "monitor").rglob("*.py"))
    assert [one for one in messages if one not in program] == []


def shell_lines(path):
    return [
        line.split("#")[0].strip() for kind, block in FENCE.findall(text_of(path)) if kind == "sh" for line in block.splitlines()
    ]


def test_commands_for_the_administrator_work_wherever_one_stands():
    """A command is the wrapper that is installed first, and every file that it is given is named from the root."""
    text = text_of(ROOT / "docs" / "drift.md")
    lines = [line for line in shell_lines(ROOT / "docs" / "drift.md") if line]
    used = [number for number, line in enumerate(lines) if line.startswith("monitor ")]
    assert len(used) > 6
    assert lines.index("sudo install -m 755 deploy/monitor /usr/local/bin/monitor") < used[0]
    assert not [line for line in lines if "bin/monitor " in line and "/usr/local/bin/monitor" not in line]
    for line in (lines[number] for number in used):
        files = [word for word in shlex.split(line)[1:] if "/" in word or word.endswith((".gz", ".toml"))]
        assert [word for word in files if not word.startswith("/var/lib/eu-bevakning")] == [], line
    assert "sudo monitor" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_the_wrapper_lets_the_shell_ask_the_program_itself(tmp_path):
    """The shell asks by its environment, which sudo would drop: the answer would be the help of the program."""
    (tmp_path / "sudo").write_text("#!/bin/sh\necho sudo\n", "utf-8")
    (tmp_path / "sudo").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "_MONITOR_COMPLETE": "bash_complete"}
    wrapper = (ROOT / "deploy" / "monitor").read_text("utf-8").replace("/opt/eu-bevakning/bin/monitor", "/bin/echo")
    done = subprocess.run(
        ["/bin/sh", "-c", wrapper, "monitor", "frågan"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "frågan\n"


def test_every_command_has_a_manual_page_with_its_options(tmp_path):
    pages = {path.stem: path.read_text("utf-8") for path in made_pages(tmp_path)}
    context = click.Context(monitor)
    for name in monitor.list_commands(context):
        command = monitor.get_command(context, name)
        page = pages[f"monitor-{name}"].replace("\\-", "-")
        assert [option for one in command.params for option in one.opts if option.startswith("--") and option not in page] == []
    assert "monitor-rules-check" in pages
    assert 'TH "MONITOR"' in pages["monitor"]


def made_pages(folder):
    subprocess.run([sys.executable, "-m", "docs.man", str(folder / "man")], cwd=ROOT, check=True, capture_output=True)
    return sorted((folder / "man").glob("*.1"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_commands(shell, tmp_path):
    """As drift.md and README.md say to set it up."""
    assert "_MONITOR_COMPLETE=bash_source" in text_of(ROOT / "docs" / "drift.md")
    script = subprocess.run(
        [Path(sys.executable).parent / "monitor"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "_MONITOR_COMPLETE": f"{shell}_source"},
    )  # fmt: skip
    assert "_MONITOR_COMPLETE" in script.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(
    ("who", "before"),
    [("anna", ["sudo", "-u", "eu-bevakning"]), ("root", ["runuser", "-u", "eu-bevakning", "--"]), ("eu-bevakning", [])],
)
def test_the_wrapper_runs_the_program_as_the_units_do(tmp_path, who, before):
    unit = text_of(ROOT / "deploy" / "eu-bevakning.service")
    values = dict(re.findall(r"^(User|Environment|ExecStart)=(.*)$", unit, re.MULTILINE))
    for name in ("sudo", "runuser", "env"):
        (tmp_path / name).write_text(f'#!/bin/sh\nprintf "%s\\n" {name} "$@"\n', "utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "id").write_text(f"#!/bin/sh\necho {who}\n", "utf-8")
    (tmp_path / "id").chmod(0o755)
    wrapper = ROOT / "deploy" / "monitor"
    done = subprocess.run(
        ["/bin/sh", str(wrapper), "send", "--test", "Å Ä <a@example.se>"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    program = values["ExecStart"].split()[0]
    expected = ["env", values["Environment"], program, "send", "--test", "Å Ä <a@example.se>"]
    assert done.stdout.splitlines() == [*before, *expected]
    assert values["User"] == "eu-bevakning"
    assert os.access(wrapper, os.X_OK)
