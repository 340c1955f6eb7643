"""Fixtures that every test may use."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.commands import Installation

# Thousands of small archives wait for the disk at each commit: where there is memory to spare, they lie there.
_MEMORY = Path("/dev/shm")
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4_000_000_000:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# Bytecode is kept whatever the environment says: without it each worker rewrites all tests, and each of the hundreds of commands that
# the tests start compiles the whole program, for a second of processor time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test measures time: an example that is slow on a busy machine, or while coverage is traced, is no failure.
settings.register_profile("untimed", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2_000)  # pytest --hypothesis-profile=thorough
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the captures and labelled data that lie beside the project; a clone elsewhere has none."""
    if not SHARED.is_dir():
        pytest.skip("the captures do not lie beside the project")
    return SHARED


@pytest.fixture
def installation(tmp_path) -> Installation:
    """Return an empty installation."""
    return Installation(tmp_path)
