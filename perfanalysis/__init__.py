"""What the rooms share: the command, its errors, the inventory, safe file writes."""

__version__ = "0.2.0"
