"""Measure speed, compared with alternatives: ``python -m tests.benchmarks``."""
