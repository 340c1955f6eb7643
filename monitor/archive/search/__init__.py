"""Search: the full-text index, queries and facets."""
