"""What the portal keeps: its tables, and the sessions through which alone they are reached."""
