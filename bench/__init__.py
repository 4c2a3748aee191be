"""The benchmarks: `python -m bench [name …]`. Budgets are ratios within one run wherever the machine's speed matters."""
