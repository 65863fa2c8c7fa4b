"""``perfanalysis kinds``: tables good and bad, rankings, prices, kinds of one's own."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from perfanalysis import cli
from perfanalysis.kinds.machine import FIGURES
from tests.conftest import REPOSITORY
from tests.perfanalysis.kinds.machines import MODELS, machine

COLUMNS = {figure.name: figure.column for figure in FIGURES}
SHARED = REPOSITORY.parent / "shared" / "machines" / "types.csv"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.run(["kinds", *words])
    out, errors = capsys.readouterr()
    return status, out, errors


def row(
    name: str, cpus: int = 8, model: int = 0, speed: float = 1.0, **more: Any
) -> dict[str, Any]:
    """A row of a table; all its kernels are ``speed`` times the typical."""
    one = machine(cpus, model)
    facts = {
        "provider": "aws",
        "instance_type": name,
        "architecture": one.architecture,
        "cpu_model": one.cpu_model,
        "logical_cpus": cpus,
        "threads_per_core": one.threads_per_core,
    }
    return facts | {COLUMNS[k]: rate * speed for k, rate in one.figures.items()} | more


def write(path: Path, rows: list[dict[str, Any]], *, backwards: bool = False) -> Path:
    names = list(dict.fromkeys(name for one in rows for name in one))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names[::-1] if backwards else names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_list_and_show_name_kinds_kernels_and_the_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, "list", "--json")
    assert status == 0
    names = [kind["kind"] for kind in json.loads(out)]
    assert names[0] == "cache-server"
    assert len(names) == 7
    status, out, _ = run(capsys, "show", "web-server", "--json")
    assert status == 0
    assert "Attribution-ShareAlike 4.0" in json.loads(out)["source"]
    status, out, _ = run(capsys, "show", "web-server")
    assert (status, "memread_16k" in out) == (0, True)


def test_an_unknown_kind_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, errors = run(capsys, "show", "nothing")
    assert status == 2
    assert "cache-server" in errors


def ranked(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    status, out, errors = run(capsys, "rank", "--kind", "cache-server", "--json", *words)
    assert status == 0, errors
    found = json.loads(out)
    assert isinstance(found, list)
    return found


def test_a_ranking_of_types_that_nobody_here_measured(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [row("slow", speed=0.5), row("fast", speed=2.0), row("bare") | {"integer_1": "nan"}]
    rows[2] |= {column: "" for column in COLUMNS.values() if column != "integer_1"}
    table = write(tmp_path / "t.csv", rows, backwards=True)
    found = ranked(capsys, "--public-table", str(table))
    assert [one["instance_type"] for one in found] == ["fast", "slow"]
    assert found[0]["ratio"] == 1
    assert found[1]["upper"] < 1
    assert "measured by others" in found[1]["method"]
    held = ranked(capsys, "--public-table", str(table), "--against", "slow")
    assert held[1]["ratio"] == 1
    assert held[0]["ratio"] == pytest.approx(1 / found[1]["ratio"])


def test_prices_turn_the_ranking_into_work_for_a_dollar(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    table = write(tmp_path / "t.csv", [row("slow", speed=0.5), row("fast", speed=2), row("free")])
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(
        "machines:\n"
        "- {name: a, provider: aws, instance_type: slow, prices: {on_demand: 0.1}}\n"
        "- {name: b, provider: aws, instance_type: fast, prices: {on_demand: 1.0}}\n",
        encoding="utf-8",
    )
    words = ("--public-table", str(table), "--inventory", str(inventory))
    found = ranked(capsys, *words)
    assert [one["instance_type"] for one in found] == ["slow", "fast"]
    assert found[0]["per_dollar"] is True
    plain = ranked(capsys, "--public-table", str(table), "--against", "fast")
    slow = next(one for one in plain if one["instance_type"] == "slow")
    assert found[0]["ratio"] == pytest.approx(10 * slow["ratio"])
    status, out, _ = run(capsys, "rank", "--kind", "general", *words)
    assert (status, "one machine measured by others" in " ".join(out.split())) == (0, True)
    status, _, errors = run(capsys, "rank", "--kind", "general", *words, "--purchase", "spot")
    assert (status, "price" in errors) == (2, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("provider,instance_type\naws,x\n", "cpu_model"),
        ("cpu_model,architecture,logical_cpus,threads_per_core\n,x86_64,4,1\n", "machines"),
        ("", "cpu_model"),
    ],
)
def test_a_table_that_is_none_is_bad_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, expected: str
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text, encoding="utf-8")
    status, _, errors = run(capsys, "evaluate", str(table))
    assert status == 2
    assert expected in errors


def machines_of(folder: Path) -> None:
    """A machine in Spare Cores' raw layout."""
    made = {
        "lscpu/stdout": json.dumps(
            {
                "lscpu": [
                    {"field": "Architecture:", "data": "x86_64"},
                    {"field": "CPU(s):", "data": "8"},
                    {"field": "Model name:", "data": MODELS[0][1]},
                    {"field": "Thread(s) per core:", "data": "2"},
                ]
            }
        ),
        "bw_mem/stdout": "rd 0.016384 400000.5\nrd 1.00 160000.1\nrd 8.00 64000\nrd 64.00 32000\n"
        "rd 2.00 1\nrdwr 8.00 1\n",
        "stressngfull/stdout": "1,2000.5\n2,4000\n8,8000.25\n",
        "openssl/parsed.json": json.dumps(
            [
                {"algo": "sha256", "block_size": 16, "speed": 1.0},
                {"algo": "sha256", "block_size": 16384, "speed": 7.2e9},
                {"algo": "blake2b512", "block_size": 16384, "speed": 3.6e9},
                {"algo": "AES-256-CBC", "block_size": 16384, "speed": 8e9},
            ]
        ),
    }
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def test_the_raw_layout_is_read_as_a_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    machines_of(tmp_path / "data" / "aws" / "c6i.2xlarge")
    (tmp_path / "data" / "aws" / "broken" / "lscpu").mkdir(parents=True)
    (tmp_path / "data" / "aws" / "broken" / "lscpu" / "stdout").write_text("{", encoding="utf-8")
    found = ranked(capsys, "--public-table", str(tmp_path))
    assert [one["instance_type"] for one in found] == ["c6i.2xlarge"]
    assert found[0]["logical_cpus"] == 8
    assert found[0]["missing"] == []


def made_table(path: Path) -> Path:
    """Types of unknown CPU models, whose work is what their kernels say, but for noise."""
    rows = []
    for number in range(12):
        for cpus in (2, 8, 32):
            speed = 1 + 0.1 * number
            work = cpus * speed * math.exp(0.05 * math.sin(number))
            more = {"redis_set_p16_rps": 1e5 * work, "redis_set_p512_rps": 2e5 * work}
            made = row(f"t{number}.{cpus}", cpus, speed=speed) | more
            made["cpu_model"] = f"Maker {number}"
            rows.append(made)
    rows[0]["integer_1"] = ""
    return write(path, rows, backwards=True)


@pytest.mark.parametrize("how", ["shipped", "folds"])
def test_evaluate_tells_errors_and_what_intervals_hold(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, how: str
) -> None:
    table = made_table(tmp_path / "t.csv")
    words = ("evaluate", str(table), "--kind", "redis-p16", "--how", how)
    status, out, errors = run(capsys, *words, "--no-plain", "--json")
    assert status == 0, errors
    (found,) = json.loads(out)
    assert (found["how"], found["cpu_models"]) == (how, 12)
    assert found["errors"]["ours"]["median"] < 0.2
    assert found["errors"]["ours"]["median"] < found["errors"]["cpus"]["median"]
    # Half of twelve CPU models is too few to find an interval of 90 % on.
    assert (found["coverage"] is None) == (how == "folds")
    status, out, _ = run(capsys, *words, "--no-plain")
    assert (status, "Attribution-ShareAlike" in out) == (0, True)


def test_evaluate_holds_plain_methods_beside(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pytest.importorskip("sklearn")
    table = made_table(tmp_path / "t.csv")
    status, out, _ = run(capsys, "evaluate", str(table), "--kind", "redis-p16", "--json")
    assert status == 0
    assert set(json.loads(out)[0]["errors"]) == {"cpus", "ours", "ridge", "boosting"}


def test_a_table_without_a_group_of_kernels_is_asked_with_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = list(csv.DictReader(made_table(tmp_path / "t.csv").open(encoding="utf-8")))
    kept = [{k: v for k, v in one.items() if not k.startswith("bw_mem")} for one in whole]
    table = write(tmp_path / "less.csv", kept)
    words = ("--kind", "redis-p16", "--no-plain", "--json")
    status, out, _ = run(capsys, "evaluate", str(table), *words)
    assert status == 0
    assert not any(name.startswith("memread") for name in json.loads(out)[0]["kernels"])


def test_a_kind_of_ones_own_is_learned_shown_and_ranked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [row("a", jobs=100), row("b", speed=1.5, jobs=170), row("c", jobs="")]
    table, output = write(tmp_path / "t.csv", rows), tmp_path / "mine.json"
    words = ("--name", "mine", "--work", "jobs", "--output", str(output))
    status, out, errors = run(capsys, "learn", str(table), *words)
    assert status == 0, errors
    assert "2 machines" in out
    assert "drawn to general" in out
    status, out, _ = run(capsys, "show", str(output))
    assert (status, "few" in out or "mine" in out) == (0, True)
    status, out, _ = run(capsys, "rank", "--public-table", str(table), "--kind", str(output))
    assert (status, "few machines" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--name", "general", "--work", "jobs"), "--name"),
        (("--name", "mine", "--work", "nothing"), "two or more types"),
    ],
)
def test_what_teaches_nothing_is_bad_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    table, output = write(tmp_path / "t.csv", [row("a", jobs=1), row("b", jobs=2)]), tmp_path / "o"
    status, _, errors = run(capsys, "learn", str(table), *words, "--output", str(output))
    assert (status, expected in errors, output.exists()) == (2, True, False)


@pytest.mark.long
def test_the_public_table_is_told_as_well_as_the_docs_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not SHARED.is_file():
        pytest.skip("the table of machines (../shared/machines) is not on this machine")
    words = ("--kind", "redis-p512", "--how", "folds", "--no-plain", "--json")
    status, out, _ = run(capsys, "evaluate", str(SHARED), *words)
    assert status == 0
    (found,) = json.loads(out)
    assert found["machines"] > 2000
    assert found["errors"]["ours"]["median"] < 0.09
    assert found["errors"]["ours"]["p90"] < 0.25
    assert 0.80 < found["coverage"]["held"] < 0.97
