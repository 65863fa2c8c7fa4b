"""A delivery whose secret is missing stops the start, and what is there stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.cli import run

MAIL = "server: smtp.example.org, username: a, sender: a@example.org, to: [b@example.org]"
PLACES = {
    "webhook": ("{{url: 'https://hooks.example.org', key_file: {}}}", "key file"),
    "email": (f"{{{{{MAIL}, password_file: {{}}}}}}", "key file"),
    "s3": ("{{bucket: reports, credentials_file: {}}}", "file of credentials"),
}


@pytest.mark.parametrize("command", [[], ["check"]], ids=["report", "check"])
@pytest.mark.parametrize("place", PLACES)
def test_a_missing_secret_stops_the_start_with_one_line_that_names_it(
    place: str, command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings, kind = PLACES[place]
    missing = tmp_path / "secret"
    output = tmp_path / "report.pdf"
    output.write_bytes(b"the last one")
    words = [f"--deliver={{{place}: {settings.format(missing)}}}", f"--output={output}"]
    # Nobody answers there, and nobody is asked.
    words.append("--prometheus=http://127.0.0.1:9")
    assert run(["report", *command, *words]) == 2
    said = f"perfanalysis: {missing}: expected a readable {kind} (No such file or directory)\n"
    assert capfd.readouterr().err == said
    assert output.read_bytes() == b"the last one"
