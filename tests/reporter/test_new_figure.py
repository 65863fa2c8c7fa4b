"""A figure added as CONTRIBUTING.md says: two files, and its query is asked because it is shown."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.reporter.conftest import END, START
from tests.reporter.every_module import of_figures

GUIDE = (
    (REPOSITORY / "CONTRIBUTING.md")
    .read_text()
    .split("## Add a chart to the report\n")[1]
    .split("\n## ")[0]
)


def block(kind: str) -> str:
    """The guide's only block of that language."""
    (found,) = re.findall(f"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def named(ending: str) -> str:
    """The file with that ending in the guide's numbered steps."""
    (found,) = re.findall(rf"^\d\. .*`(reporter/[\w/.]+{ending})`", GUIDE, re.MULTILINE)
    return str(found)


def new_file() -> str:
    """The file of the guide's first step."""
    (name,) = re.findall(r"^1\. In `reporter/figures`, .*`(\w+\.py)`", GUIDE, re.MULTILINE)
    return f"reporter/figures/{name}"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Python with the reporter of that folder."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{REPOSITORY}"}
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """A folder with a reporter that has the guide's figure, and is else as it is."""
    shutil.copytree(
        REPOSITORY / "reporter", tmp_path / "reporter", ignore=shutil.ignore_patterns("*.pyc")
    )
    figure, template = tmp_path / new_file(), tmp_path / named("j2")
    assert not figure.exists()
    figure.write_text(block("python"))
    text = template.read_text()
    (first,) = re.findall(r"\{% block body %\}\n", text)
    template.write_text(text.replace(first, first + block("jinja")))
    # The guide's last step: `make golden` lists it.
    (figure.parent / "every.py").write_text(of_figures(figure.parent))
    return tmp_path


PLAN = """
import sys
import reporter
from reporter.pages.template_queries import plan_of
from reporter.settings.report import Config
assert reporter.__file__.startswith(sys.argv[1]), reporter.__file__
for template in ("comparison", "executive", "house"):
    asked = [query.name for query in plan_of(Config(template=template)).range]
    print(template, "CPU idle" in asked, asked[-1])
print(sorted({"matplotlib", "weasyprint", "jinja2"} & set(sys.modules)))
"""


def test_its_query_is_asked_where_a_template_shows_it_and_nothing_that_draws_is_loaded(
    grown: Path,
) -> None:
    done = run(grown, "-c", PLAN, str(grown))
    assert done.stdout.splitlines() == [
        "comparison True CPU by mode",
        "executive False Network bytes",
        "house True CPU idle",
        "[]",
    ], done.stderr


@pytest.mark.e2e
def test_it_stands_on_the_page_and_in_json(grown: Path, truth: str) -> None:
    words = ["-m", "perfanalysis", "report", "--prometheus", truth, "--quiet"]
    words += ["--from", str(START), "--to", str(END)]
    page, document = grown / "report.html", grown / "report.json"
    for output in (page, document):
        done = run(grown, *words, "--output", str(output))
        assert done.returncode == 0, done.stderr
    html = page.read_text()
    assert "<h3>Idle CPU time</h3>" in html
    assert "<b>Figure 1.</b> CPU time in which nothing was to be done" in html
    assert re.search(r"<td>CPU idle</td><td>figure 1</td><td class=\"code\">avg by", html)
    figure = json.loads(document.read_text())["figures"]["CPU idle"]
    assert figure["unit"] == "ratio"
    ends = {one["labels"]["instance"]: one["points"][-1][1] for one in figure["series"]}
    assert ends == {"steady": pytest.approx(0.75), "double": pytest.approx(0.4)}


WORDS = """
from reporter.language import LOCALES, Language
from tests.reporter.texts import translated, update
before = translated("de")
update("de")
after = translated("de")
print({text: after[text] for text in after.keys() - before.keys()})
print({text for text in before if after.get(text) != before[text]})
print(Language("de").say("Idle CPU time"), LOCALES)
"""


def test_its_words_come_into_the_catalogue_by_themselves(grown: Path) -> None:
    done = run(grown, "-c", WORDS)
    new, changed, said = done.stdout.splitlines() or [done.stderr, "", ""]
    caption = "CPU time in which nothing was to be done, as a share of all."
    wanted = {"Idle CPU time": "", "CPU idle": "", caption: ""}
    assert ast.literal_eval(new) == wanted
    assert changed == "set()"
    assert said == f"Idle CPU time {grown / 'reporter' / 'locale'}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("$window", "$windows"), "expected one of $busy, $disks,"),
        (('"CPU idle",\n    \'', '"CPU busy",\n    \''), "expected one query of a name"),
        (('name="idle"', 'name="cpu"'), "expected one figure of a name, found two: cpu"),
    ],
)
def test_what_is_wrong_with_it_is_told_at_the_import(
    grown: Path, change: tuple[str, str], told: str
) -> None:
    figure = grown / new_file()
    assert change[0] in figure.read_text()
    figure.write_text(figure.read_text().replace(*change))
    done = run(grown, "-c", "import reporter.figures.catalogue")
    assert done.returncode == 1
    assert told in done.stderr.splitlines()[-1]


def test_a_name_that_does_not_exist_is_an_error_of_types(grown: Path) -> None:
    figure = grown / new_file()
    figure.write_text(
        figure.read_text()
        .replace("data.line(CPU_IDLE, m)) for m", 'data.line("CPU idel", m)) for m')
        .replace("*data.line(CPU_IDLE, m))\n        for", '*data.line("CPU idel", m))\n        for')
    )
    words = ["-m", "mypy", "--strict", "--follow-imports=silent", "--no-error-summary"]
    words += ["--config-file=", "--cache-dir", str(REPOSITORY / ".mypy_cache" / "new_figure")]
    done = run(grown, *words, "-m", "reporter.figures.idle")
    assert 'Argument 1 to "line" of "ReportData" has incompatible type "str"' in done.stdout
