"""Fixture trees with spoiled files: what an exporter makes of them, ours and node_exporter."""
