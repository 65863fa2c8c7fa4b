"""All files of a tenant."""

from __future__ import annotations

from portal.tenancy.snippets import agents, alertmanager, grafana, helm, mimir, prometheus, vmauth
from portal.tenancy.snippets.settings import Snippet, SnippetSettings


def snippets(settings: SnippetSettings) -> tuple[Snippet, ...]:
    """The files, which hold no key.

    Raises:
        InputError: a URL is none, or is not fit for a file.
    """
    settings.check()
    return (
        prometheus.snippet(settings),
        alertmanager.snippet(settings),
        agents.snippet(settings),
        helm.snippet(settings),
        grafana.organisation(settings),
        grafana.data_source(settings),
        vmauth.for_victoriametrics(settings),
        vmauth.for_one_victoriametrics(settings),
        vmauth.for_mimir(settings),
        mimir.snippet(settings),
    )
