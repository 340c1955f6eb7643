"""Framework of the pages: requests, routes, templates, log-in and the Datasette plugin that serves them."""
