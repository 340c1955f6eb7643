"""Spiders, one per kind of source, found by Scrapy's loader; `sources.toml` has every source as data."""
