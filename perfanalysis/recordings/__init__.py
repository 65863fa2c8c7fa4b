"""What a machine did over time, as files."""
