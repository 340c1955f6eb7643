"""The only place that wires parts together: one module per job. A job is given `now`; `deployed` alone reads the clock, as Scrapyd starts it."""
