"""For Prometheus: discovery of the tenant's machines, and remote write with the tenant's header."""

from __future__ import annotations

from urllib.parse import urlsplit

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml

_LABELS = ("provider", "region", "zone", "instance_type", "owner")


def snippet(settings: SnippetSettings) -> Snippet:
    """``prometheus.yml``."""
    discovery = {
        "url": f"{settings.portal}/api/v1/discovery/prometheus",
        "authorization": _bearer("/etc/prometheus/portal-key"),
    }
    relabel = [
        {"source_labels": [f"__meta_perfanalysis_{name}"], "target_label": name} for name in _LABELS
    ]
    write = {
        "url": f"{settings.metrics}/api/v1/push",
        "authorization": _bearer("/etc/prometheus/metrics-key"),
        "headers": {"X-Scope-OrgID": str(settings.tenant)},
    }
    value = {
        "scrape_configs": [
            {
                "job_name": "node",
                "http_sd_configs": [discovery],
                "relabel_configs": relabel,
            },
            _regressions(settings),
        ],
        "remote_write": [write],
    }
    use = (
        "Merge it into prometheus.yml. /etc/prometheus/portal-key holds a key of the scope 'read', "
        "/etc/prometheus/metrics-key what lets in at the engine's proxy."
    )
    head = f"Tenant {settings.name}: its machines and regressions, and where their series go."
    return Snippet("prometheus.yml", "Prometheus", use, as_yaml(value, head))


def _regressions(settings: SnippetSettings) -> dict[str, object]:
    """What the alert PortalRegressionConfirmed looks at; `instance` is the machine's name in it."""
    parts = urlsplit(settings.portal)
    return {
        "job_name": "regressions",
        "scheme": parts.scheme,
        "metrics_path": f"{parts.path}/api/v1/regressions/metrics",
        "honor_labels": True,
        "authorization": _bearer("/etc/prometheus/portal-key"),
        "static_configs": [{"targets": [parts.netloc]}],
    }


def _bearer(file: str) -> dict[str, str]:
    return {"type": "Bearer", "credentials_file": file}
