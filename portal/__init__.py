"""Records of machines, tests, tenants and keys: REST API and pages."""
