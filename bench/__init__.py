"""Benchmarks: one runnable module per claim of the performance page.

``python -m bench.NAME`` prints what it measured and writes ``bench/results/NAME.json``;
``python -m bench.report`` puts the stored results on the performance page.
"""
