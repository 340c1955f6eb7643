"""Search: full-text index, queries and facets."""
