"""How fast it is, beside what else people could use: ``python -m tests.benchmarks``."""
