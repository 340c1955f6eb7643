"""Every `test_tNN_...` has its story in docs/failures.md, and every story there its tests."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NUMBERED = re.compile(r"test_(t\d{2,})_\w+")


def numbered_tests():
    """Return the names of all tests that have a story's number."""
    return [
        node.name
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and NUMBERED.fullmatch(node.name)
    ]


def stories():
    """Return the rows of the tables: (number, elsewhere, here, tests)."""
    lines = (ROOT / "docs" / "failures.md").read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| T\d", line)]


def test_every_numbered_test_is_in_its_storys_row_and_no_other_is():
    found = numbered_tests()
    assert len(found) > 50
    assert len(found) == len(set(found)), "grep finds a story's test by its name"
    listed = {name: number for number, _, _, tests in stories() for name in re.findall(r"`(\w+)`", tests)}
    assert listed == {name: NUMBERED.fullmatch(name)[1].upper() for name in found}


def test_every_story_stands_once_in_order_with_tests():
    numbers = [row[0] for row in stories()]
    assert numbers == sorted(set(numbers), key=lambda number: int(number[1:]))
    assert [row[0] for row in stories() if not (len(row) == 4 and all(row))] == []


@pytest.mark.parametrize("row", stories(), ids=lambda row: row[0])
def test_a_story_says_what_went_wrong_and_what_happens_here(row):
    _, elsewhere, here, _ = row
    assert all(text.endswith(".") and len(text.split()) >= 4 for text in (elsewhere, here))


def test_every_attack_has_tests_that_exist():
    lines = (ROOT / "docs" / "failures.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| (2-)?[BSM]\d \|", line)]
    assert [row for row in rows if "`test_" not in row] == []
    names = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    found = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert len(rows) > 20
    assert names - found == set()
