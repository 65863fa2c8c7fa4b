"""node_exporter beside ours: the same trees, the same machine, and what may differ."""
