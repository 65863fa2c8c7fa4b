"""The older name of an option does the same, and is not shown."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from perfanalysis.renamed_option import RenamedOption


@click.command()
@click.option("--time-zone", cls=RenamedOption, old_names=("--timezone",), default="UTC")
def command(time_zone: str) -> None:
    click.echo(time_zone)


@pytest.mark.parametrize("name", ["--time-zone", "--timezone"])
def test_both_names_are_taken(name: str) -> None:
    assert CliRunner().invoke(command, [name, "Europe/Berlin"]).output == "Europe/Berlin\n"


def test_help_and_errors_show_the_new_one() -> None:
    assert "--timezone" not in CliRunner().invoke(command, ["--help"]).output
    said = CliRunner().invoke(command, ["--timezone"]).output
    assert "requires an argument" in said
    assert CliRunner().invoke(command, []).output == "UTC\n"
