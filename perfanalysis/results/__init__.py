"""The load test's result documents: written, checked, read, found, and shown as series."""
