"""Web Push: alerts of Alertmanager to browsers that were subscribed (RFC 8030, 8291, 8292)."""
