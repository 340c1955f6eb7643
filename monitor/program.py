"""Versions of parts of the program, by which stored readings are told from those that the present code would make."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).parent


def code_version(file: Path) -> str:
    """Return a hash (16 hexadecimal digits) that changes with a module, the modules that it imports, and their data files."""
    digest = hashlib.sha256()
    for path in (file, *imported_files(file)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def imported_files(file: Path) -> list[Path]:
    """Return the files of this package that a module imports, directly or not, and those of their `data` folders, in order."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        for module in _imported_modules(waiting.pop().read_text("utf-8")):
            path = _PACKAGE.parent.joinpath(*module.split("."))
            for candidate in (path.with_suffix(".py"), path / "__init__.py"):
                if candidate.is_file() and candidate not in found:
                    found.add(candidate)
                    waiting.append(candidate)
    folders = {path.parent / "data" for path in found}
    data = {entry for folder in folders if folder.is_dir() for entry in folder.iterdir() if entry.is_file()}
    return sorted(found | data)


def _imported_modules(code: str) -> Iterator[str]:
    """Yield the modules of this package that code imports anywhere, their packages, and names that may be modules."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == _PACKAGE.name:
                yield from (".".join(parts[:number]) for number in range(2, len(parts) + 1))
