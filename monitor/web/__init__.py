"""The archive in a browser: Datasette with a plugin of ours, its pages and their style."""
