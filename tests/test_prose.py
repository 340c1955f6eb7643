"""Docstrings and names read as CONTRIBUTING.md has it: a verb first in a function's, a noun first in a class's, no name twice."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 600
PARTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*(ROOT / "monitor").iterdir(), ROOT / "spiders"]
    if path.suffix == ".py" or (path / "__init__.py").is_file()
)
# Parts whose docstrings are still to be brought into this form. Emptied part by part, never added to.
NOT_SWEPT: set[str] = set()
VERBS = set(
    """
    Abort Accept Add Adjust Advance Allow Analyse Announce Answer Append Apply Arrange Ask Assemble Assert Assign Attach Await
    Back Begin Bind Block Bring Browse Build Cache Calculate Call Cancel Cap Carry Cast Change Check Choose Claim Classify Clean
    Clear Close Collect Commit Hand Lead Queue Withhold Combine Compare Compile Complete Compose Compress Compute Configure Confirm Connect Construct Consume
    Continue Convert Copy Correct Count Create Crop Cut Decide Declare Decode Decompress Defer Define Delay Delete Deliver Derive
    Describe Detect Determine Disable Discard Display Divide Do Download Draw Drop Empty Enable Encode End Ensure Enter Erase
    Escape Estimate Evaluate Examine Exclude Execute Expand Expect Explain Export Extract Fail Feed Fetch Fill Filter Find Finish
    Fit Fold Follow Forecast Forget Format Forward Free Gather Generate Get Give Go Group Guess Handle Hash Hide Hold Identify Ignore Import
    Include Index Infer Initialise Insert Inspect Install Interpret Invalidate Iterate Join Judge Keep Label Lay Leave Let Limit
    Link List Listen Load Locate Lock Log Look Lower Make Map Mark Match Measure Memorise Merge Migrate Move Name Narrow Negotiate
    Normalise Note Notify Number Observe Offer Omit Open Order Overwrite Pack Pair Parse Pass Patch Pause Perform Persist Pick
    Place Plan Play Poll Post Prefer Prepare Prevent Preview Print Process Produce Prove Provide Prune Publish Push Put Quote Raise
    Rank Read Rebuild Receive Recognise Record Redirect Reduce Refresh Refuse Register Reject Release Reload Remember Remove Rename
    Render Reopen Repair Repeat Replace Replay Reply Report Request Require Rerun Reset Resolve Respond Restore Restrict Resume
    Retry Return Reuse Reverse Revert Rewrite Roll Round Run Sample Save Say Scale Scan Schedule Score Search Select Send Separate
    Serialise Serve Set Share Shorten Show Shrink Sign Skip Sleep Slice Snapshot Solve Sort Spell Split Spread Start Stay Stop
    Store Stream Strip Submit Subtract Sum Summarise Suppress Switch Take Tell Test Throttle Tidy Time Tokenise Touch Trace
    Transform Translate Treat Trim Try Turn Undo Unescape Unify Unlock Unpack Update Upgrade Upload Use Validate Verify Visit Wait
    Walk Warn Watch Weigh Welcome Widen Withdraw Word Work Wrap Write Yield
    """.split()  # noqa: SIM905 - a list of words is read more easily so
)
NO_NOUNS = set(
    """
    A All An Any By Each Every For From He How If In It Its Many No None Nothing On One Only Our Raise Return Several She Some That
    The Their These They This Those True Two We What When Where Whether Which Who Whom Whose Why With Yield You
    """.split()  # noqa: SIM905 - a list of words is read more easily so
)


class Definition(NamedTuple):
    """A public class or function of the program."""

    place: str
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def first_word(self) -> str:
        words = (ast.get_docstring(self.node) or "").split()
        return words[0].rstrip(".,:;") if words else ""

    def __str__(self) -> str:
        return f"{self.place}:{self.node.lineno} {self.node.name}"


def modules(part: str) -> list[Path]:
    path = ROOT / part
    return [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))


def definitions(part: str) -> Iterator[Definition]:
    """Yield the public classes, functions, methods and properties of a part; not those within functions or private classes."""

    def walk(body: list[ast.stmt]) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    yield from walk(node.body)

    for path in modules(part):
        for node in walk(ast.parse(path.read_text("utf-8")).body):
            yield Definition(path.relative_to(ROOT).as_posix(), node)


def functions(part: str) -> list[Definition]:
    return [item for item in definitions(part) if not isinstance(item.node, ast.ClassDef)]


def classes(part: str) -> list[Definition]:
    return [item for item in definitions(part) if isinstance(item.node, ast.ClassDef)]


SWEPT = [part for part in PARTS if part not in NOT_SWEPT]


def test_parts_still_to_be_swept_exist():
    assert set(PARTS) >= NOT_SWEPT


@pytest.mark.parametrize("part", SWEPT)
def test_every_public_function_and_class_has_a_docstring(part):
    assert [str(item) for item in definitions(part) if not item.first_word] == []


@pytest.mark.parametrize("part", SWEPT)
def test_the_docstring_of_a_function_begins_with_a_verb(part):
    wrong = [
        f"{item}: {item.first_word!r}: begin with a verb, or add the verb to the list"
        for item in functions(part)
        if item.first_word and item.first_word not in VERBS
    ]
    assert wrong == []


@pytest.mark.parametrize("part", SWEPT)
def test_the_docstring_of_a_class_begins_with_a_noun(part):
    wrong = [f"{item}: {item.first_word!r}: begin with a noun" for item in classes(part) if item.first_word in NO_NOUNS]
    assert wrong == []


def test_no_public_class_has_the_name_of_another():
    places = defaultdict(list)
    for part in SWEPT:
        for item in classes(part):
            places[item.node.name].append(str(item))
    assert [found for found in places.values() if len(found) > 1] == []


@pytest.mark.parametrize("part", PARTS)
def test_no_module_is_too_long(part):
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in modules(part)}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}
