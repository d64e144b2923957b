"""Benchmarks: each a command that prints a table of figures; none runs with the tests."""
