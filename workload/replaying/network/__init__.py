"""Traffic over the loopback or to a peer of one's own, as a recording asks for it."""
