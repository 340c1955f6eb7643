"""Making the application: Datasette on the archive, read-only, with our plugin, templates and files."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from monitor.archive import open_archive
from monitor.web.framework import plugin
from monitor.web.framework.request import Site
from monitor.web.framework.templates import STATIC, TEMPLATES

_NAME = "monitor-web"
_DEFAULT_HANDLER = "datasette.handle_exception"


def make_datasette(site: Site) -> Datasette:
    """A Datasette that serves one installation; a member's raw tables are its own. The archive is made where there is none."""
    with open_archive(site.config.archive, site.config.shared_archive):
        pass
    if not pm.has_plugin(_NAME):
        pm.register(plugin, name=_NAME)
        # Datasette's own prints every local variable of a failure and shows its message; ours keeps it for the log.
        pm.unregister(name=_DEFAULT_HANDLER)
    only_coordinator = {"id": "coordinator"}
    datasette = Datasette(
        files=[str(site.config.archive)],
        template_dir=str(TEMPLATES),
        static_mounts=[("statik", str(STATIC))],
        secret=site.secret.decode("ascii"),
        metadata={
            "title": f"EU-bevakningen, {site.config.municipality.name}",
            "allow": only_coordinator,
            "databases": {site.config.archive.stem: {"allow": only_coordinator, "allow_sql": only_coordinator}},
        },
        settings={"allow_download": False, "suggest_facets": False, "default_cache_ttl": 0, "sql_time_limit_ms": 3000},
    )
    setattr(datasette, plugin.SITE, site)
    return datasette


def make_app(site: Site) -> Any:
    """The ASGI application of one installation."""
    return make_datasette(site).app()
