"""The families of what the server has answered and refused, and the words of their labels."""

from __future__ import annotations

from perfanalysis.exposition.families import Family

_SOURCE = "the exporter itself"
_CONFIGURATION = "the file of --web.config.file"
REQUESTS = Family(
    "perf_exporter_requests_total",
    "counter",
    "Requests that were answered, by the status of the answer.",
    ("code",),
    source=_SOURCE,
)
LOGINS = Family(
    "perf_exporter_logins_refused_total",
    "counter",
    "Requests without a password (missing), with a wrong one or of an unknown user (wrong), or "
    "whose password was not looked at as too many waited (busy).",
    ("reason",),
    source=_SOURCE,
)
HANDSHAKES = Family(
    "perf_exporter_tls_handshakes_failed_total",
    "counter",
    "TLS handshakes that failed: for the client's certificate (certificate), as it spoke plain "
    "HTTP (plain_http), took too long (timeout), or for another reason (other).",
    ("reason",),
    source=_SOURCE,
)
RELOADS = Family(
    "perf_exporter_web_config_reloads_total",
    "counter",
    "How often the web configuration was read anew as it had changed, by outcome.",
    ("result",),
    source=_CONFIGURATION,
)
RELOADED = Family(
    "perf_exporter_web_config_last_reload_successful",
    "gauge",
    "Whether the web configuration was usable when it was last read.",
    source=_CONFIGURATION,
)
EXPIRY = Family(
    "perf_exporter_certificate_expiry_timestamp_seconds",
    "gauge",
    "Until when all certificates of the server, or of its clients' authorities (client_ca), are "
    "valid, in unixtime.",
    ("kind",),
    "seconds",
    _CONFIGURATION,
)
FAMILIES = (REQUESTS, LOGINS, HANDSHAKES, RELOADS, RELOADED, EXPIRY)

MISSING, WRONG, BUSY = "missing", "wrong", "busy"
LOGIN_REASONS = (MISSING, WRONG, BUSY)
CERTIFICATE, PLAIN_HTTP, TIMEOUT, OTHER = "certificate", "plain_http", "timeout", "other"
HANDSHAKE_REASONS = (CERTIFICATE, PLAIN_HTTP, TIMEOUT, OTHER)
SUCCESS, FAILURE = "success", "failure"
RESULTS = (SUCCESS, FAILURE)
