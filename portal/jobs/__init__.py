"""Load tests that are started from here: asked for, taken by a machine's agent, watched over."""
