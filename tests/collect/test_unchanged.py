"""Unchanged rows: which changes count, and that a changed reader reads all rows again."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import program
from monitor.archive.codec import encode_call
from monitor.collect.portal.rows import parse_row
from monitor.collect.programmes import Programmes
from monitor.collect.unchanged import KnownRows, reader_version
from monitor.program import imported_files
from tests.portal_rows import row

SPIDER = Path(__file__).parents[2] / "spiders" / "portal.py"


def known(one, version="1"):
    reader = KnownRows(version)
    return KnownRows(version, {one["reference"]: (reader.hash(one), encode_call(parse_row(one, "p")))})


def test_a_row_that_is_as_it_was_gives_the_call_that_was_read_from_it():
    one = row(1)
    reader = known(one)
    assert reader.call(one["reference"], reader.hash(one)) == parse_row(one, "p")
    assert reader.call("other", reader.hash(one)) is None


def test_a_change_of_any_field_is_seen_and_the_index_talking_of_itself_is_not():
    one = row(1)
    reader = known(one)
    for field in one["metadata"]:
        other = {**one, "metadata": {**one["metadata"], field: ["changed"]}}
        assert reader.call(one["reference"], reader.hash(other)) is None, field
    noise = {**one, "metadata": {**one["metadata"], "esDA_IngestDate": ["2026-05-28T04:00:00.000+0000"]}}
    assert reader.call(one["reference"], reader.hash(noise)) is not None


def test_another_reader_reads_everything_again(tmp_path):
    one = row(1)
    stored = known(one).rows
    assert KnownRows("2", stored).call(one["reference"], KnownRows("2").hash(one)) is None
    mended = tmp_path / "portal.py"
    mended.write_text(SPIDER.read_text("utf-8") + "# mended\n", "utf-8")
    versions = {
        reader_version(SPIDER, Programmes()),
        reader_version(mended, Programmes()),
        reader_version(SPIDER, Programmes([{"id": "life", "codes": ["43252405"]}])),
    }
    assert len(versions) == 3
    assert reader_version(SPIDER, Programmes()) in versions


@pytest.mark.parametrize(
    "code",
    [
        "from monitor.language import (\n    analyser,\n    shares,\n)",
        "from monitor.language import (  # why\n    shares as parts,\n)",
        "def read():\n    import monitor.language.shares",
        "if True:\n    from monitor.language.shares import find_shares",
    ],
)
def test_an_import_counts_however_it_is_written(tmp_path, code):
    spider = tmp_path / "portal.py"
    spider.write_text(f"{code}\n", "utf-8")
    names = {file.name for file in imported_files(spider)}
    assert {"shares.py", "__init__.py"} <= names
    assert "calls.py" in {file.name for file in imported_files(SPIDER)}


def test_a_sentence_about_an_import_is_none(tmp_path):
    spider = tmp_path / "portal.py"
    spider.write_text('"""Text.\n\nimport monitor.language.shares\n"""\n', "utf-8")
    assert imported_files(spider) == []


def test_all_that_reading_a_row_loads_counts_as_its_reader():
    """Rows that are not read again after a module is changed would keep its mistakes in the archive."""
    code = (
        f"import runpy, sys; runpy.run_path({str(SPIDER)!r});"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('monitor') and m.__file__))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {Path(file) for file in done.stdout.split()}
    files = set(imported_files(SPIDER))
    assert loaded - files - {SPIDER.parents[1] / "monitor" / "__init__.py"} == set()
    assert {file.name for file in files} >= {"calls.py", "rows.py", "shares.py", "text.py"}
    assert any(file.suffix != ".py" for file in files), "word lists are read too"


IMPORTS = """
import os, monitor.fields
import monitor.paths as places
from monitor import calls
from monitor.language import (  # words
    dates,  # days
    money as sums,
)
if calls:
    from monitor.collect.text import plain, \\
        other
text = "nothing from monitor.web is imported"
"""


def test_imports_are_found_as_python_finds_them():
    found = {
        f"{node.module}.{name.name}" if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(ast.parse(IMPORTS))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    modules = {name for name in found if name.startswith("monitor.")}
    parents = {".".join(name.split(".")[:count]) for name in modules for count in range(2, name.count(".") + 2)}
    assert set(program._imported_modules(IMPORTS)) == parents
