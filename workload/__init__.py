"""What a machine's work is, what it would be on another one, and its replay."""
