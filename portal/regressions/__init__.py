"""Regressions: thresholds that people set, suspicions, second runs, and what became of them."""
