"""Tenants as wholes: provisioned, suspended, exported, deleted with proof."""
