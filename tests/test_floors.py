"""The floors of coverage: each part has one, and a part below it is named with its modules."""

from pathlib import Path

from tests.floors import load_floors, summary

ROOT = Path(__file__).resolve().parent.parent


def test_every_floor_is_of_a_part_with_tests_of_its_own():
    parts = {path.parent.name for path in (ROOT / "monitor").glob("*/__init__.py")}
    tested = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert set(load_floors()) <= parts & tested
    assert all(50 <= floor <= 100 for floor in load_floors().values())
    assert load_floors()["archive"] >= 90


def test_a_part_below_its_floor_is_named_with_the_modules_to_look_at():
    report = {
        "totals": {"percent_covered": 89.96},
        "files": {
            "monitor/part/good.py": {"summary": {"percent_covered": 100.0}},
            "monitor/part/poor.py": {"summary": {"percent_covered": 12.5}},
            "monitor/part/fair.py": {"summary": {"percent_covered": 80.0}},
        },
    }
    enough, lines = summary("part", 90, report)
    assert not enough
    assert [line.split()[-1] for line in lines[1:]] == ["monitor/part/poor.py", "monitor/part/fair.py"]
    assert summary("part", 89, report)[0]
