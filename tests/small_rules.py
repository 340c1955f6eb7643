"""Rules of one theme for one department, in files: what a test needs that is about something else than the shipped rules."""

from __future__ import annotations

import shutil
from pathlib import Path

from monitor.paths import RULES

_DEPARTMENTS = """\
[[department]]
id = "kommunledning"
name = "Kommunledningskontoret"
"""
_THEME = """\
[theme]
id = "utbyten"
title = "Utbyten"
departments = ["kommunledning"]
strategy = ["extern-finansiering"]
goals = ["ungdomsutbyten"]
sdgs = [4]

[[signal]]
id = "utbyte"
words = ["ungdomsutbyte", "youth exchange"]
weight = 8

[[example]]
title = "Ungdomsutbyten mellan vänorter"
text = "Kommuner kan söka bidrag till möten mellan unga."
match = true
[[example]]
title = "Sök bidrag för ungdomsutbyten"
match = true
[[example]]
title = "Youth exchanges between partner towns"
match = true
[[example]]
title = "Byte av fönster"
match = false
[[example]]
title = "Forskning om hav"
match = false
"""


def write_rules(folder: Path, *, name: str = "Kommunledningskontoret") -> Path:
    """Write the rules into `folder`, which is made; they load in a moment. `name`: what the department is called."""
    (folder / "themes").mkdir(parents=True)
    for file in ("areas.toml", "fit.toml", "programmes.toml"):
        shutil.copy2(RULES / file, folder / file)
    (folder / "departments.toml").write_text(_DEPARTMENTS.replace("Kommunledningskontoret", name), "utf-8")
    (folder / "themes" / "utbyten.toml").write_text(_THEME, "utf-8")
    return folder
