"""S3-compatible stores as places for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.places.document import USUAL_NAME, DeliveryError, Finished
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing

_SECONDS = 30
_STORE_ATTEMPTS = 5


@dataclass(frozen=True)
class StoreSettings:
    """One store.

    Attributes:
        bucket: its name.
        endpoint: the store, whose URL is "" for AWS; its keys are those of ``credentials_file``.
        key: of the object, see ``Finished.named``.
        region: "" for boto3's usual one.
        credentials_file: of AWS' format; "" for boto3's usual places.
        profile: in it; "" for the usual one.
    """

    bucket: str
    endpoint: Endpoint
    key: str = USUAL_NAME
    region: str = ""
    credentials_file: str = ""
    profile: str = ""


class Store:
    """An object of an S3-compatible store. boto3 asks again after failures that may pass.

    Args:
        settings: where to.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._shown = f"{settings.endpoint.url or 's3:/'}/{settings.bucket}"
        self.receivers = (f"s3 {self._shown}/{settings.key}",)

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        bucket, key = self._settings.bucket, report.named(self._settings.key)
        client = self._client()
        from botocore import exceptions as errors

        try:
            if self._is_there(client, bucket, key, report.digest, errors.ClientError):
                return {}
            client.put_object(
                Bucket=bucket,
                Key=key,
                Body=report.content,
                ContentType=report.content_type,
                Metadata={"perfanalysis-digest": report.digest},
            )
        except (errors.BotoCoreError, errors.ClientError) as error:
            reason = " ".join(str(error).split())
            raise DeliveryError(f"{self._shown}/{key}: did not take the report: {reason}") from None
        return {}

    @staticmethod
    def _is_there(client: Any, bucket: str, key: str, digest: str, error: type[Exception]) -> bool:
        """Whether the object says the same; also when the ledger was lost."""
        try:
            found = client.head_object(Bucket=bucket, Key=key)
        except error:
            # Absent, or readable by others only; the upload will tell.
            return False
        return bool(found["Metadata"].get("perfanalysis-digest") == digest)

    def _client(self) -> Any:
        try:
            from boto3 import session as boto3
        except ModuleNotFoundError as error:
            raise PerfAnalysisError(missing("a delivery to S3", "boto3", "s3")) from error
        from botocore.config import Config
        from botocore.session import Session

        session = Session()
        if self._settings.credentials_file:
            session.set_config_variable("credentials_file", self._settings.credentials_file)
        endpoint = self._settings.endpoint
        config = Config(
            connect_timeout=_SECONDS,
            read_timeout=_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _STORE_ATTEMPTS},
            client_cert=(endpoint.cert_file, endpoint.key_file) if endpoint.cert_file else None,
            # Stores of one's own seldom have a host name for each bucket.
            s3={"addressing_style": "path" if endpoint.url else "auto"},
            # Older stores do not know the newer checksums.
            request_checksum_calculation="when_required",
        )
        from botocore import exceptions as errors

        try:
            return boto3.Session(
                botocore_session=session, profile_name=self._settings.profile or None
            ).client(
                "s3",
                endpoint_url=endpoint.url or None,
                region_name=self._settings.region or None,
                verify=endpoint.ca_file or None,
                config=config,
            )
        except errors.BotoCoreError as error:
            raise DeliveryError(f"{self._shown}: {error}") from None


def store_of(settings: Mapping[str, Any]) -> Store:
    """The store of the setting ``s3``.

    Raises:
        InputError: a file is missing; that is known before a report is made.
    """
    names = ("bucket", "key", "region", "credentials_file", "profile")
    given = {name: settings[name] for name in names if name in settings}
    if file := settings.get("credentials_file"):
        try:
            Path(file).read_bytes()
        except OSError as error:
            expected = f"a readable file of credentials ({error.strerror})"
            raise InputError(file, "", expected) from error
    description = in_file(settings, "deliver", "s3", ("ca_file",))
    return Store(
        StoreSettings(endpoint=read_endpoint(settings.get("endpoint", ""), description), **given)
    )
