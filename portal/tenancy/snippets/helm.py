"""For the Helm chart: load tests of a cluster whose results go to the tenant."""

from __future__ import annotations

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml


def snippet(settings: SnippetSettings) -> Snippet:
    """``values.yaml``."""
    secrets = "/etc/perfanalysis/remote-write"
    value = {
        # A node has one, whoever its tenants are; it wants a namespace with other rights.
        "exporter": {"enabled": False},
        "loadtest": {
            "cronjob": {"enabled": True},
            "remoteWrite": {
                "url": f"{settings.metrics}/api/v1/push",
                "existingSecret": "perfanalysis-keys",
                "secretKey": "metrics-key",
            },
            "extraArgs": [
                f"--remote-write-header=X-Scope-OrgID: {settings.tenant}",
                f"--upload-url={settings.portal}/api/v1/tests",
                f"--upload-bearer-token-file={secrets}/portal-key",
            ],
        },
    }
    use = (
        "helm upgrade --install perfanalysis helm/perfanalysis --namespace NAMESPACE --set "
        "image.registry=REGISTRY --values values.yaml, in a namespace of the tenant's own. First "
        "make its Secret there: kubectl create secret generic perfanalysis-keys --namespace "
        "NAMESPACE --from-file=portal-key --from-file=metrics-key; portal-key has the scope "
        "'report', metrics-key is what lets in at the engine's proxy. The exporters are another "
        "release, one for all tenants."
    )
    head = f"Tenant {settings.name}: load tests, on a schedule."
    return Snippet("values.yaml", "Helm", use, as_yaml(value, head))
