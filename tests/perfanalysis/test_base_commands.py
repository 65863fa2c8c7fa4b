"""Where an extra is not installed, each of its commands says so: none ends with a traceback."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.third_party import packages

# Imports each command where nothing can be imported but what the base install brings.
WALK = """
import importlib.util, sys
import click
from perfanalysis.cli import cli
from perfanalysis.errors import PerfAnalysisError

absent = set(sys.argv[1].split(","))
usual = importlib.util.find_spec


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def walk(command, words, parent):
    context = click.Context(command, info_name=(words or ["perfanalysis"])[-1], parent=parent)
    if not isinstance(command, click.Group):
        print("there", *words)
        return
    for name in command.list_commands(context):
        try:
            found = command.get_command(context, name)
        except PerfAnalysisError as error:
            says = "pip install" in str(error)
            print("says" if says else f"WRONG {error}", *words, name)
        except Exception as error:
            print(f"WRONG {error!r}", *words, name)
        else:
            walk(found, [*words, name], context)


sys.meta_path.insert(0, Absent())
importlib.util.find_spec = lambda name, package=None: (
    None if name.partition(".")[0] in absent else usual(name, package)
)
walk(cli, [], None)
"""
# Import names of what the extras bring and the base does not.
OF_EXTRAS = [
    "numpy",
    "sqlalchemy",
    "babel",
    "jinja2",
    "jsonschema",
    "matplotlib",
    "weasyprint",
    "h2",
    "boto3",
    "jeepney",
    "pyarrow",
    "psycopg",
    "grafanalib",
    "promql_parser",
    "highspy",
    "alembic",
    "argon2",
    "authlib",
    "fastapi",
    "joserfc",
    "pywebpush",
    "uvicorn",
    "websockets",
]


def test_no_command_ends_with_a_traceback() -> None:
    base = {name.lower().replace("-", "_") for name in packages("")}
    assert base.isdisjoint(OF_EXTRAS)
    done = subprocess.run(
        [sys.executable, "-c", WALK, ",".join(OF_EXTRAS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith(("there ", "says "))] == []
    # And the walk is one: some are there, and some are not.
    assert {"there loadtest show", "says doctor", "says backup create"} <= set(lines)
    assert "says loadtest run" in lines
