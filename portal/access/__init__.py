"""Who comes in, and what they may do: keys, scopes, limits of rate."""
