"""Sources of container names."""
