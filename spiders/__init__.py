"""One spider per kind of publisher, found by Scrapy's loader; `sources.toml` holds every source as data."""
