"""For Alertmanager: a receiver that pushes to the tenant's browsers."""

from __future__ import annotations

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml


def snippet(settings: SnippetSettings) -> Snippet:
    """``alertmanager.yml``."""
    authorization = {"type": "Bearer", "credentials_file": "/etc/alertmanager/portal-key"}
    webhook = {
        "url": f"{settings.portal}/api/v1/alerts",
        "http_config": {"authorization": authorization},
    }
    value = {
        "route": {"receiver": "browsers", "group_by": ["alertname"]},
        "receivers": [{"name": "browsers", "webhook_configs": [webhook]}],
    }
    use = (
        "Merge it into alertmanager.yml. /etc/alertmanager/portal-key holds a key of the scope "
        "'report'; the portal has to run with --push-contact."
    )
    head = f"Tenant {settings.name}: alerts to browsers."
    return Snippet("alertmanager.yml", "Alertmanager", use, as_yaml(value, head))
