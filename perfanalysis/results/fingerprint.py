"""Conditions of a result as one short label. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from perfanalysis.results.conditions import Conditions, of
from perfanalysis.results.document import Document


def fingerprint(document: Document) -> str:
    """Eight characters that results share between which ``comparable`` finds no difference.

    They are the label by which the series of runs tell which may be held against each other.
    """
    found = of(document)
    text = "\n".join(f"{field.name}={getattr(found, field.name)}" for field in fields(Conditions))
    return hashlib.sha256(text.encode()).hexdigest()[:8]
