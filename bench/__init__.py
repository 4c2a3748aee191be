"""The benchmarks: `python -m bench [name …]`. Where the machine's speed matters, budgets are ratios within one run."""
