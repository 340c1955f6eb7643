"""The ASGI application of an installation: Datasette on the archive, read-only, with the project's plugin and templates.

Importing this module changes nothing. The first `make_datasette` registers the plugin in Datasette's plugin manager, which all
Datasette instances of a process share, and removes Datasette's own handler of exceptions from it; see `plugin.handle_exception`.
"""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.plugins import pm

from monitor.archive import open_archive
from monitor.web.framework import plugin
from monitor.web.framework.request import Site
from monitor.web.framework.templates import STATIC, TEMPLATES

_PLUGIN_NAME = "monitor-web"
_DEFAULT_HANDLER = "datasette.handle_exception"
_SQL_MILLISECONDS = 3000
"""Time limit of a query on Datasette's own pages."""


def make_datasette(site: Site) -> Datasette:
    """Return a Datasette that serves one installation, and create its archive if there is none.

    Of a member's archive the raw tables are those of the member, not of the shared archive.

    Raises:
        ArchiveError: The archive cannot be opened.
    """
    with open_archive(site.config.archive, site.config.shared_archive):
        pass
    if not pm.has_plugin(_PLUGIN_NAME):
        pm.register(plugin, name=_PLUGIN_NAME)
        # Datasette runs every registered handler and prints all local variables of a failure in its own, passwords among them.
        # The plugin calls that handler for the Datasettes that are not ours, so for them nothing changes.
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
        settings={
            "allow_download": False,
            "suggest_facets": False,
            "default_cache_ttl": 0,
            "sql_time_limit_ms": _SQL_MILLISECONDS,
        },
    )
    setattr(datasette, plugin.SITE_ATTRIBUTE, site)
    return datasette


def make_app(site: Site) -> Any:
    """Return the ASGI application of one installation."""
    return make_datasette(site).app()
