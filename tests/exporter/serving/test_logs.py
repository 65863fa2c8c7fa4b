"""What the log looks like."""

from __future__ import annotations

import json
import logging
import re
import signal

import pytest

from exporter.serving.logs import FORMATS, StructuredFormatter, quoted
from tests.exporter.conftest import LISTENING, StartExporter

TEXTS = ["listening", 'a "b" \\ c', "two\nlines\ttab \x07 bell", "ü ☃ \x7f", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_a_quoted_text_is_json(text: str) -> None:
    assert json.loads(quoted(text)) == text
    assert "\n" not in quoted(text)


def record(text: str, level: int = logging.WARNING) -> logging.LogRecord:
    made = logging.LogRecord("exporter", level, "/x/serving.py", 12, text, None, None)
    made.created, made.msecs = 1_700_000_000.25, 250.0
    return made


def test_lines_of_both_formats() -> None:
    assert StructuredFormatter("logfmt").format(record('no "file"')) == (
        'time=2023-11-14T22:13:20.250Z level=WARN source=serving.py:12 msg="no \\"file\\""'
    )
    line = json.loads(StructuredFormatter("json").format(record("x", logging.ERROR)))
    assert line == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "ERROR",
        "source": "serving.py:12",
        "msg": "x",
    }


def test_an_exception_stays_on_the_line() -> None:
    made = record("failed")
    try:
        raise ValueError("why")
    except ValueError as error:
        made.exc_info = (type(error), error, error.__traceback__)
    line = StructuredFormatter("json").format(made)
    assert json.loads(line)["msg"].endswith("ValueError: why")


@pytest.mark.parametrize("form", FORMATS)
def test_the_exporter_logs_in_that_format(form: str, start_exporter: StartExporter) -> None:
    running = start_exporter(f"--log.format={form}", "--collector.disable-defaults")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(20) == 0
    lines = running.log.read_text().splitlines()
    assert LISTENING.search(lines[0])
    assert len(lines) == 2
    for line in lines:
        if form == "json":
            assert set(json.loads(line)) == {"time", "level", "source", "msg"}
        elif form == "logfmt":
            assert re.fullmatch(r'time=\S+Z level=INFO source=service.py:\d+ msg=".*"', line)
