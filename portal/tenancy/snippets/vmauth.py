"""For vmauth: who has the tenant's key writes and reads its series, and no other tenant's."""

from __future__ import annotations

from portal.tenancy.snippets.settings import Snippet, SnippetSettings, as_yaml

_WRITE = ["/api/v1/push"]
# What Grafana and reports ask. Not what deletes series or takes an engine down: the engines have
# that below the same address.
_READ = [
    "/prometheus/api/v1/(query|query_range|query_exemplars|series|labels|label/[^/]+/values"
    "|metadata|rules|alerts|format_query|parse_query|status/(buildinfo|tsdb))"
]
# vmalert writes what rules record to the second path, behind whatever address it is given.
_WRITE_VICTORIA = ["/api/v1/(push|write)"]
# What one server answers for the series of a label alone. Its other pages know no label.
_READ_LABELLED = [
    "/prometheus/api/v1/(query|query_range|series|labels|label/[^/]+/values|status/buildinfo)"
]


def for_victoriametrics(settings: SnippetSettings) -> Snippet:
    """``vmauth-victoriametrics.yml``: before a cluster of VictoriaMetrics."""
    account, project = settings.account
    of = f"{account}:{project}"
    user = {
        "bearer_token": _reference(settings),
        "url_map": [
            {
                "src_paths": _WRITE_VICTORIA,
                "url_prefix": f"http://vminsert:8480/insert/{of}/prometheus",
            },
            {"src_paths": _READ, "url_prefix": f"http://vmselect:8481/select/{of}"},
        ],
    }
    use = f"{_use(settings)} The tenant is AccountID {account}, ProjectID {project}."
    head = f"Tenant {settings.name}: its part of a cluster of VictoriaMetrics."
    text = as_yaml({"users": [user]}, head)
    return Snippet("vmauth-victoriametrics.yml", "vmauth", use, text)


def for_one_victoriametrics(settings: SnippetSettings) -> Snippet:
    """``vmauth-victoriametrics-single.yml``: before one VictoriaMetrics, which knows no tenants.

    Each series gets the label ``tenant``, in place of one that came along, and questions are held
    to it. By ``extra_label``, which narrows whatever else a client asks for: of several
    ``extra_filters``, series of any match, and a client may send some of its own.
    """
    store = f"http://victoriametrics:8428/?extra_label=tenant={settings.tenant}"
    user = {
        "bearer_token": _reference(settings),
        "url_map": [
            {"src_paths": paths, "url_prefix": store} for paths in (_WRITE_VICTORIA, _READ_LABELLED)
        ],
    }
    use = (
        f"{_use(settings)} In place of vmauth-victoriametrics.yml, where there is one server and "
        "no cluster. Nobody but vmauth may reach that server."
    )
    head = f"Tenant {settings.name}: its series in one VictoriaMetrics, by the label tenant."
    return Snippet(
        "vmauth-victoriametrics-single.yml", "vmauth", use, as_yaml({"users": [user]}, head)
    )


def for_mimir(settings: SnippetSettings) -> Snippet:
    """``vmauth-mimir.yml``: before Mimir."""
    user = {
        "bearer_token": _reference(settings),
        # It takes the place of one that came along.
        "headers": [f"X-Scope-OrgID: {settings.tenant}"],
        "url_map": [{"src_paths": [*_WRITE, *_READ], "url_prefix": "http://mimir:8080"}],
    }
    head = f"Tenant {settings.name}: its part of Mimir, whatever header comes along."
    text = as_yaml({"users": [user]}, head)
    return Snippet("vmauth-mimir.yml", "vmauth", _use(settings), text)


def variable(settings: SnippetSettings) -> str:
    """The environment variable of vmauth that holds what lets in."""
    return f"METRICS_KEY_{settings.tenant.hex}".upper()


def _reference(settings: SnippetSettings) -> str:
    return f"%{{{variable(settings)}}}"


def _use(settings: SnippetSettings) -> str:
    return (
        f"Merge it into the file of -auth.config. vmauth reads keys from its environment: "
        f"{variable(settings)} comes from a file by systemd (EnvironmentFile) or a Secret "
        "(secretKeyRef), never from a command line."
    )
