"""CPU time, user and system, as a recording asks for it."""
