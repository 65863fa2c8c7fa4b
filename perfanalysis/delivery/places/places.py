"""Folders, webhooks and S3-compatible stores as places for reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Client, Destination, Outcome
from perfanalysis.delivery.places.document import USUAL_NAME, DeliveryError, Finished, PassingError
from perfanalysis.delivery.spool import Document
from perfanalysis.errors import InputError, PerfAnalysisError

_SECONDS = 30
_STORE_ATTEMPTS = 5


class Place(Protocol):
    """Somewhere that takes reports."""

    @property
    def receivers(self) -> Sequence[str]:
        """Who gets the report, each remembered by this name; without any secret."""
        ...

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """Give the report to some of the receivers, and return those that did not take it.

        Raises:
            DeliveryError: none of them took it.
        """
        ...


class Folder:
    """A folder of this machine; the file is there wholly or not at all."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._folder = Path(settings["path"])
        self._name = settings.get("name", USUAL_NAME)
        # What is filled in holds no separator.
        if ".." in Path(self._name).parts or Path(self._name).is_absolute():
            expected = f"a name of a file inside {self._folder}"
            raise InputError("deliver", "folder.name", expected, self._name)
        self.receivers = (f"folder {self._folder / self._name}",)

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        path = self._folder / report.named(self._name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, report.content)
        except OSError as error:
            raise PassingError(f"{path}: cannot be written: {error.strerror}") from error
        return {}


class Webhook:
    """An HTTP POST; the digest is its idempotency key."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        credentials = Credentials(
            settings.get("key_file", ""), username=settings.get("username", "")
        )
        # Read anew when it is sent; one that is not there is known before a report is made.
        credentials.key()
        self._destination = Destination(
            "upload",
            settings["url"],
            credentials,
            settings.get("headers", {}),
            settings.get("ca_file", ""),
        )
        self.receivers = (f"webhook {self._destination.shown} {self._destination.name}",)

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        client = Client(self._destination)
        try:
            answer = client.send(Document(report.content, report.content_type, report.digest))
        finally:
            client.close()
        said = f"status {answer.status} {answer.text[:200]}" if answer.status else answer.text
        message = f"{self._destination.shown}: did not take the report: {said}"
        if answer.outcome is Outcome.RETRY:
            raise PassingError(message, answer.retry_after)
        if answer.outcome is Outcome.REFUSED:
            raise DeliveryError(message)
        return {}


class Store:
    """An object of an S3-compatible store. boto3 asks again after failures that may pass."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._key = settings.get("key", USUAL_NAME)
        self._shown = f"{settings.get('endpoint', 's3:/')}/{settings['bucket']}"
        self.receivers = (f"s3 {self._shown}/{self._key}",)
        if file := settings.get("credentials_file"):
            try:
                Path(file).read_bytes()
            except OSError as error:
                expected = f"a readable file of credentials ({error.strerror})"
                raise InputError(file, "", expected) from error

    def send(self, report: Finished, receivers: Sequence[str]) -> Mapping[str, DeliveryError]:
        """See ``Place``."""
        del receivers
        bucket, key = self._settings["bucket"], report.named(self._key)
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
            raise PerfAnalysisError(
                "deliveries to S3 need the Python package 'boto3', which is not installed:"
                " pip install 'perfanalysis[s3]'"
            ) from error
        from botocore.config import Config
        from botocore.session import Session

        session = Session()
        if file := self._settings.get("credentials_file"):
            session.set_config_variable("credentials_file", file)
        endpoint = self._settings.get("endpoint")
        config = Config(
            connect_timeout=_SECONDS,
            read_timeout=_SECONDS,
            retries={"mode": "standard", "total_max_attempts": _STORE_ATTEMPTS},
            # Stores of one's own seldom have a host name for each bucket.
            s3={"addressing_style": "path" if endpoint else "auto"},
            # Older stores do not know the newer checksums.
            request_checksum_calculation="when_required",
        )
        from botocore import exceptions as errors

        try:
            return boto3.Session(
                botocore_session=session, profile_name=self._settings.get("profile")
            ).client(
                "s3",
                endpoint_url=endpoint,
                region_name=self._settings.get("region"),
                verify=self._settings.get("ca_file"),
                config=config,
            )
        except errors.BotoCoreError as error:
            raise DeliveryError(f"{self._shown}: {error}") from None
