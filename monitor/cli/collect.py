"""Commands that read sources."""

from __future__ import annotations

COMMANDS = ()
