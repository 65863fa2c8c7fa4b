"""The figures for programs: JSON and CSV. Pure; the same bytes for the same answers."""
