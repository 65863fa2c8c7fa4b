"""A made fleet: one process that serves the pages of many machines to a real Prometheus.

Each machine has an address of its own below 127.1.0.0. Its page is the real exporter's, recorded
here at the start: identity, load test, price, CPU time and memory are the machine's own, and what
else moves does so at the pace at which it moved while it was recorded.
"""
