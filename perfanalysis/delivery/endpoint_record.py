"""The shape in which a file describes an endpoint; what its fields mean is read afterwards.

The fields are those of ``perfanalysis.endpoint_settings``, and of the schemas, which a test holds.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1)]
VariableName = Annotated[str, Meta(min_length=1, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class BasicAuthRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """``basic_auth``; what is empty was not said."""

    username: Text = ""
    password_file: Text = ""
    password_variable: VariableName = ""


class TlsRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """``tls``; what is empty was not said."""

    ca_file: Text = ""
    cert_file: Text = ""
    key_file: Text = ""


class EndpointRecord(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All but the URL; what is empty was not said."""

    bearer_token_file: Text = ""
    bearer_token_variable: VariableName = ""
    basic_auth: BasicAuthRecord = BasicAuthRecord()
    headers: dict[str, str] = {}
    header_files: dict[str, Text] = {}
    tls: TlsRecord = TlsRecord()
