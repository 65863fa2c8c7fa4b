"""Predictions and plans of ``perfanalysis workload``: read, kept once, listed by machine."""
