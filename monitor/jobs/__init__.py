"""Jobs: one module each, and the only place that wires the other parts together.

A job is given `now`; `deployed` alone reads the clock, since Scrapyd starts it.
"""
