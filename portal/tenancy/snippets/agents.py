"""For machines that are measured: results to the portal, and their series to the engine."""

from __future__ import annotations

from portal.tenancy.snippets.settings import Snippet, SnippetSettings


def snippet(settings: SnippetSettings) -> Snippet:
    """``measure.sh``."""
    lines = (
        "#!/bin/sh",
        f"# Tenant {settings.name}: measure this machine; the result goes to the portal.",
        "exec perfanalysis loadtest run \\",
        f"  --upload-url={settings.portal}/api/v1/tests \\",
        "  --upload-bearer-token-file=/etc/perfanalysis/portal-key \\",
        f"  --remote-write-url={settings.metrics}/api/v1/push \\",
        f"  '--remote-write-header=X-Scope-OrgID: {settings.tenant}' \\",
        "  --remote-write-bearer-token-file=/etc/perfanalysis/metrics-key",
    )
    use = (
        "Run it on a machine. /etc/perfanalysis/portal-key holds a key of the scope 'report', "
        "/etc/perfanalysis/metrics-key what lets in at the engine's proxy."
    )
    return Snippet("measure.sh", "perfanalysis loadtest", use, "\n".join(lines) + "\n")
