"""Build hook of hatchling: a wheel has the documentation as a site, built by MkDocs, so that an installed copy shows it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DocumentationHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hook that builds the site for a wheel; an editable installation reads the one that `make docs` has built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the site in a temporary folder, and put it into the wheel as `monitor/web/help`."""
        if version == "editable":
            return
        from mkdocs.commands.build import build
        from mkdocs.config import load_config

        self._folder = tempfile.TemporaryDirectory(prefix="docs-")
        site = str(Path(self._folder.name) / "help")
        build(load_config(str(Path(self.root) / "mkdocs.yml"), site_dir=site, strict=True))
        build_data["force_include"][site] = "monitor/web/help"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version != "editable":
            self._folder.cleanup()
