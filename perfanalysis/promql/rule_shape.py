"""What of a rule's expression is of its version, and not of an installation's settings. Pure."""

from __future__ import annotations

import hashlib
import re

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABELS = re.compile(r"\b(by|on)\s*\([^)]*\)")
_MATCHERS = re.compile(r"\{([^}]*)\}")
_NUMBER = re.compile(r"(?<![\w:.])\d[\w.]*(?:(?<=e)[-+]\d+)?")
_ARITHMETIC = re.compile(r"0(?:[*/]0)+")


def shape(expression: str) -> str:
    """Eight digits of an expression: the same with other jobs, labels of a machine, and thresholds.

    Evaluators print expressions in their own ways: white space is none, matchers have no order.
    """
    text = _LABELS.sub(r"\1()", _TEXT.sub('""', expression))
    text = re.sub(r"\s+", "", _NUMBER.sub("0", text)).replace('=~""', '=""')
    text = _MATCHERS.sub(lambda found: ",".join(sorted(found[1].split(","))), text)
    return hashlib.sha256(_ARITHMETIC.sub("0", text).encode()).hexdigest()[:8]
