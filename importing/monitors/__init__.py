"""Recordings of other monitors: one file a format, each of which yields told intervals."""
