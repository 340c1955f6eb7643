"""Jobs on the workers of a Dask cluster: the dispatcher that hands them out, and the worker that holds installations."""
