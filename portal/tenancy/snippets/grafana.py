"""For Grafana: an organisation of the tenant's own, and its data source."""

from __future__ import annotations

import json

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml


def organisation(settings: SnippetSettings) -> Snippet:
    """``grafana-organisation.json``: no file makes one, the API alone."""
    use = (
        "curl --netrc-file FILE --json @grafana-organisation.json GRAFANA/api/orgs answers its "
        "orgId, which GRAFANA_ORG_ID is for the data source; FILE holds the admin's password."
    )
    text = json.dumps({"name": f"{settings.name} {settings.tenant}"}, indent=1) + "\n"
    return Snippet("grafana-organisation.json", "Grafana", use, text)


def data_source(settings: SnippetSettings) -> Snippet:
    """``grafana-datasources.yaml``."""
    source = {
        "name": "Prometheus",
        "uid": f"prometheus-{str(settings.tenant)[:8]}",
        "orgId": "$GRAFANA_ORG_ID",
        "type": "prometheus",
        "access": "proxy",
        "url": f"{settings.metrics}/prometheus",
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "httpMethod": "POST",
            "httpHeaderName1": "X-Scope-OrgID",
            "httpHeaderName2": "Authorization",
        },
        "secureJsonData": {
            "httpHeaderValue1": str(settings.tenant),
            "httpHeaderValue2": "Bearer $__file{/etc/grafana/secrets/metrics-key}",
        },
    }
    value = {"apiVersion": 1, "datasources": [source]}
    use = (
        "Put it into /etc/grafana/provisioning/datasources, with GRAFANA_ORG_ID in Grafana's "
        "environment. /etc/grafana/secrets/metrics-key holds what lets in at the engine's proxy."
    )
    head = f"Tenant {settings.name}: its series, and no other tenant's."
    return Snippet("grafana-datasources.yaml", "Grafana", use, as_yaml(value, head))
