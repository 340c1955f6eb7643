"""Measurements of the product beside what people would use instead; `python -m benchmarks` writes `benchmarks/results.md`."""
