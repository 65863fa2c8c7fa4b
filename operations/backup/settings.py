"""The file of settings: where to, what, how long, and how it is proven."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from operations.backup.sources.folder import FolderSource
from operations.backup.sources.prometheus import PrometheusSource
from operations.backup.sources.source import BackupSource
from operations.backup.sources.sqlite import SqliteSource
from operations.backup.sources.victoria_metrics import VictoriaMetricsSource
from perfanalysis import type_faults
from perfanalysis.delivery.endpoint import check_url
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.endpoint_record import EndpointRecord, Text
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing
from perfanalysis.strict_yaml import load_yaml

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")]
Count = Annotated[int, Meta(ge=1, le=10_000)]


class KeepPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """How many backups are kept, as restic's flags ``--keep-…`` say it."""

    last: Count = 3
    daily: Count = 7
    weekly: Count = 5
    monthly: Count = 12

    def flags(self) -> list[str]:
        """Of restic."""
        return [f"--keep-{name}={value}" for name, value in msgspec.structs.asdict(self).items()]


class _EngineRecord(EndpointRecord, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Name
    url: str
    data: Text
    queries: tuple[Text, ...] = ()
    program: str = ""


class PrometheusRecord(_EngineRecord, frozen=True, tag_field="kind", tag="prometheus"):
    """A Prometheus."""


class VictoriaMetricsRecord(_EngineRecord, frozen=True, tag_field="kind", tag="victoria-metrics"):
    """A VictoriaMetrics."""


class PostgresRecord(
    Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="postgresql"
):
    """A database of PostgreSQL; what is empty is as libpq has it."""

    name: Name
    host: str = ""
    port: str = ""
    dbname: str = ""
    user: str = ""
    sslmode: str = ""
    sslrootcert: str = ""
    programs: str = ""


class SqliteRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sqlite"):
    """A SQLite file."""

    name: Name
    path: Text


class FolderRecord(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="folder"):
    """A folder."""

    name: Name
    path: Text


_Records = PrometheusRecord | VictoriaMetricsRecord | PostgresRecord | SqliteRecord | FolderRecord


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    repository: Text
    password_file: Text
    sources: Annotated[list[_Records], Meta(min_length=1)]
    keep: KeepPolicy = KeepPolicy()
    textfile: str = ""


@dataclass(frozen=True)
class BackupSettings:
    """What the file says.

    Attributes:
        repository: what restic calls one.
        password_file: of its key.
        sources: each name once.
        keep: see ``KeepPolicy``.
        textfile: where metrics go; None: nowhere.
    """

    repository: str
    password_file: Path
    sources: tuple[BackupSource, ...]
    keep: KeepPolicy
    textfile: Path | None


def read_settings(path: Path) -> BackupSettings:
    """Read the file.

    Raises:
        InputError: it is missing, no YAML, or says something unusable; the field is named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    tree = load_yaml(data, str(path))
    try:
        said = msgspec.convert(tree, _File)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, str(path)) from error
    names = [one.name for one in said.sources]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise InputError(str(path), f"sources[{at}].name", "a name that no other has", name)
    now = time.time()
    sources = tuple(
        _source(one, tree["sources"][at], f"sources[{at}]", str(path), now)
        for at, one in enumerate(said.sources)
    )
    textfile = Path(said.textfile) if said.textfile else None
    return BackupSettings(said.repository, Path(said.password_file), sources, said.keep, textfile)


def _source(
    said: _Records, tree: dict[str, object], place: str, where: str, now: float
) -> BackupSource:
    if isinstance(said, SqliteRecord):
        return SqliteSource(said.name, Path(said.path))
    if isinstance(said, FolderRecord):
        return FolderSource(said.name, Path(said.path))
    if isinstance(said, PostgresRecord):
        return _postgresql(said)
    url = check_url(said.url, f"{where}: {place}.url")
    endpoint = read_endpoint(url, in_file(tree, where, place))
    data = Path(said.data)
    if isinstance(said, PrometheusRecord):
        return PrometheusSource(said.name, endpoint, data, said.queries, said.program, now)
    return VictoriaMetricsSource(said.name, endpoint, data, said.queries, said.program, now)


def _postgresql(said: PostgresRecord) -> BackupSource:
    try:
        from operations.backup.sources.postgresql import PostgresSource
    except ModuleNotFoundError as error:
        said_ = missing("a backup of PostgreSQL", "psycopg", "postgresql")
        raise PerfAnalysisError(said_) from error
    fields = ("host", "port", "dbname", "user", "sslmode", "sslrootcert")
    connection = {name: getattr(said, name) for name in fields if getattr(said, name)}
    return PostgresSource(said.name, connection, Path(said.programs) if said.programs else None)
