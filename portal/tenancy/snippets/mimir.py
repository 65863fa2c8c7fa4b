"""For Mimir: the tenant's limits."""

from __future__ import annotations

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml


def snippet(settings: SnippetSettings) -> Snippet:
    """``mimir-runtime.yaml``."""
    limits = {
        "ingestion_rate": 25_000,
        "ingestion_burst_size": 250_000,
        "max_global_series_per_user": 500_000,
        "compactor_blocks_retention_period": "1y",
    }
    use = (
        "Merge it into the file of -runtime-config.file. Mimir takes whatever X-Scope-OrgID says: "
        "a proxy before it has to set that header by the key that came (vmauth-mimir.yml)."
    )
    head = f"Tenant {settings.name}: about a thousand machines; set what it may have."
    value = {"overrides": {str(settings.tenant): limits}}
    return Snippet("mimir-runtime.yaml", "Mimir", use, as_yaml(value, head))
