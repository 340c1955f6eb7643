"""Fixtures that every test may use."""

from pathlib import Path

import pytest

from tests.commands import Installation

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The captures and labelled data that lie beside the project; a clone elsewhere has none."""
    if not SHARED.is_dir():
        pytest.skip("the captures do not lie beside the project")
    return SHARED


@pytest.fixture
def installation(tmp_path) -> Installation:
    """An empty installation."""
    return Installation(tmp_path)
