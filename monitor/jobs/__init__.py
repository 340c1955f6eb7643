"""The only place that wires parts together: one module per job. A job reads the clock nowhere; it is given `now`."""
