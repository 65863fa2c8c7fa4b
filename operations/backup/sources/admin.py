"""Requests that have an engine make a snapshot of its data, and their answers."""

from __future__ import annotations

import json
from typing import Any

import requests

from operations.backup.sources.source import SourceError
from perfanalysis.delivery.credentials import redacted
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.session import Session
from perfanalysis.unreached import explained

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 600.0
_MOST_SHOWN = 300


def post(endpoint: Endpoint, path: str, name: str, hint: str) -> dict[str, Any]:
    """Ask for something to be done.

    Args:
        endpoint: of the engine.
        path: below its URL.
        name: of the source, for messages.
        hint: what to do when it refuses.

    Returns:
        The JSON object that it answers.

    Raises:
        SourceError: it does not answer, or not so.
        InputError: the key's file is unusable.
    """
    session, secrets = Session(endpoint), endpoint.secrets()
    url = endpoint.url.rstrip("/") + path
    timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
    try:
        answer = session.send("POST", url, secrets=secrets, headers={}, data=None, timeout=timeout)
        text = answer.text
    except (requests.RequestException, OSError) as error:
        raise SourceError(
            f"{name}: {endpoint.shown} does not answer: {explained(error)}"
        ) from error
    finally:
        session.close()
    if answer.status_code // 100 != 2:
        said = redacted(" ".join(text.split())[:_MOST_SHOWN], secrets)
        raise SourceError(f"{name}: {endpoint.shown} answers {answer.status_code} ({said}): {hint}")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceError(f"{name}: {endpoint.shown}: expected a JSON object of {path}")
    return found
