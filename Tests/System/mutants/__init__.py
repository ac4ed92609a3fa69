"""Faults planted on purpose: the kept list (`*.toml`, a file a domain), and what `make mutate` does with it."""
