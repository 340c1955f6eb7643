"""Scrapy's side: fetch, stage, judge completeness, guard the network, watch health."""
