"""Looks at an installation from end to end, through the engine that all the others ask."""
