"""The agent: asks a portal for load tests of this machine, runs them, and tells how they go."""
