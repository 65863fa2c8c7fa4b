"""Records what a machine does: now, through the exporter's collectors, or from history."""
