"""Measurements that print a table; run one with ``python -m tests.benchmarks.NAME``."""
