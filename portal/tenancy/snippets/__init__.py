"""Files by which a tenant's Prometheus, agents, Grafana and engines are set up: one program a file.

Pure. No key stands in any of them: they name the files that hold one. In an engine of several
tenants, this one is known by its id: a name may be another tenant's after it is deleted.
"""
