"""How fast, and against what: ratios measured on one machine in one run. `python -m benchmarks` runs all of them."""
