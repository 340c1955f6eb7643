"""Versions of parts of the program, by which stored readings are told from those that the present code would make."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_NOT_CODE = re.compile(
    r"#[^\n]*|\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL
)
"""Comments and strings."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<package>monitor[\w.]*)[ \t]+)?import[ \t]+(?P<names>\([^)]*\)|(?:[^\n\\]|\\\n)*)", re.MULTILINE
)


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
        for candidate in _imported_by(waiting.pop()):
            if candidate not in found:
                found.add(candidate)
                waiting.append(candidate)
    folders = {path.parent / "data" for path in found}
    data = {entry for folder in folders if folder.is_dir() for entry in folder.iterdir() if entry.is_file()}
    return sorted(found | data)


# Kept, since the parts of the program import the same modules, and a process runs one version of them.
@cache
def _imported_by(file: Path) -> tuple[Path, ...]:
    """Return the files of the modules of this package that a file imports anywhere, and of their packages."""
    candidates = (
        candidate
        for module in _imported_modules(file.read_text("utf-8"))
        for path in [_PACKAGE.parent.joinpath(*module.split("."))]
        for candidate in (path.with_suffix(".py"), path / "__init__.py")
    )
    return tuple(candidate for candidate in dict.fromkeys(candidates) if candidate.is_file())


def _imported_modules(code: str) -> Iterator[str]:
    """Yield the modules of this package that code imports anywhere, their packages, and names that may be modules.

    Found by the words of the statements: to parse the modules takes more than ten times as long.
    """
    for hit in _IMPORT.finditer(_NOT_CODE.sub("", code)):
        package, names = hit["package"] or "", re.sub(r"[()\\]", "", hit["names"])
        for name in names.split(","):
            imported = name.split()[0] if name.split() else ""
            parts = f"{package}.{imported}".strip(".").split(".")
            if parts[0] == _PACKAGE.name:
                yield from (".".join(parts[:number]) for number in range(2, len(parts) + 1))
