"""``compare`` by kind of work, on real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest import by_kind
from loadtest.by_kind import AskedKinds
from loadtest.sides import Side
from perfanalysis import cli
from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer
from perfanalysis.results.kernel_figures import machine_of
from tests.loadtest.kinds_results import folder, of_machine
from tests.loadtest.test_compare_command import write

HEADLINES = list(shipped.headlines())
# Far more of reading the first cache, far less of what single threads and memory need.
UNLIKE = {"crypto": 6.0, "memread_64m": 0.1, "memread_8m": 0.1, "memread_16k": 0.3}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.run(["loadtest", "compare", *words])
    out, errors = capsys.readouterr()
    return status, " ".join(out.split()), " ".join(errors.split())


def kinds(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert cli.run(["loadtest", "compare", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["comparisons"][0]["kinds"]
    assert isinstance(found, dict)
    return found


def two(tmp_path: Path, speeds: dict[str, float], **changes: Any) -> tuple[str, str]:
    """The folders of a typical machine and another one."""
    first = folder(tmp_path / "a", of_machine("web-1"))
    return first, folder(tmp_path / "b", of_machine("web-2", model=1, speeds=speeds, **changes))


def test_folders_of_several_kernels_are_compared_by_kind(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fast = dict.fromkeys(("divide", "crypto", "memread"), 4.0)
    first, second = two(tmp_path, fast)
    found = kinds(capsys, first, second)
    assert [one["kind"] for one in found["answers"]] == HEADLINES
    cache = found["answers"][0]
    one, other = (machine_of(of_machine("x", model=m, speeds=s)) for m, s in ((1, fast), (0, {})))
    assert one is not None
    assert other is not None
    asked = answers.compare(shipped.kind("cache-server"), one, other)
    assert isinstance(asked, Answer)
    assert cache["ratio"] == pytest.approx(asked.ratio, rel=1e-6)
    assert cache["lower"] == pytest.approx(asked.lower, rel=1e-6)
    assert (cache["verdict"], cache["level"]) == ("more", 0.9)
    assert found["no_answer"] == []
    status, out, _ = run(capsys, first, second)
    assert status == 0
    # Long paths are broken where the terminal ends.
    said = "".join(out.split())
    for text in (
        f"{second} against {first}: by kind of work",
        f"for {', '.join(HEADLINES)} {second} does more",
        "--kernel shows one kernel's ratio",
        "Attribution-ShareAlike 4.0",
    ):
        assert "".join(text.split()) in said


def test_beside_the_ratio_of_one_kernel(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second = two(tmp_path, {})
    write(tmp_path / "a", "rmw-1")
    write(tmp_path / "b", "rmw-2", machine="web-2")
    status, out, _ = run(capsys, first, second, "--kernel", "rmw")
    assert (status, "max_units_per_second *" in out) == (0, True)
    assert "by kind of work" in out
    assert "what kernel rmw predicts of real work is not known" in out
    found = kinds(capsys, first, second, "--kernel", "divide", "--kind", "compression")
    assert [one["kind"] for one in found["answers"]] == ["compression"]


def test_where_kinds_disagree_a_sentence_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = two(tmp_path, UNLIKE)
    found = kinds(capsys, first, second)
    by_verdict: dict[str, list[str]] = {"more": [], "less": [], "cannot tell": []}
    for one in found["answers"]:
        by_verdict[one["verdict"]].append(one["kind"])
    assert by_verdict["more"]
    assert by_verdict["less"]
    said = found["sentence"]
    assert said.startswith("kinds of work disagree: for ")
    assert f"for {', '.join(by_verdict['more'])} {second} does more" in said
    assert f"for {', '.join(by_verdict['less'])} {first} does more" in said
    if by_verdict["cannot tell"]:
        assert said.endswith(f"for {', '.join(by_verdict['cannot tell'])} cannot tell")


def test_results_of_one_kernel_tell_no_kind_and_what_is_missing_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one, other = write(tmp_path, "a"), write(tmp_path, "b", machine="web-2")
    found = kinds(capsys, one, other)
    assert found["answers"] == []
    assert [entry["kind"] for entry in found["no_answer"]] == HEADLINES
    status, out, _ = run(capsys, one, other)
    assert status == 0
    assert f"for {', '.join(HEADLINES)} no answer: no kernel that tells kinds of work" in out
    assert "run --profile kinds" in out


def test_kernels_that_one_side_lacks_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = folder(tmp_path / "a", of_machine("web-1"))
    few = of_machine("web-2", kernels=("memread_16k", "memread_1m", "crypto_sha256"))
    second = folder(tmp_path / "b", few)
    status, out, _ = run(capsys, first, second, "--kernel", "memread_16k")
    assert status == 0
    assert "no answer: divide, crypto_blake2b" in out
    assert "memread_8m not measured on both sides" in out
    folder(tmp_path / "b", of_machine("web-2", kernels=("divide",)))
    found = kinds(capsys, first, second)
    assert found["answers"][0]["used"] == ["divide_single", "divide"]
    assert "memread_64m" in found["answers"][0]["missing"]
    assert any("a smaller model answers, without crypto_blake2b" in r for r in found["remarks"])


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--fail-if-slower", "5", "--kind", "cache"), 1, "slower than A by more than 5 %: B: "),
        (("--fail-if-slower", "5", "--mix", "cache=0.6,single=0.4"), 1, "mix of cache-server 60%"),
        (("--fail-if-slower", "99", "--kind", "cache"), 0, ""),
        (("--fail-if-slower", "60", "--kind", "web"), 0, "unsure whether slower than A"),
        (("--fail-if-slower", "60", "--kind", "web", "--fail-if-unsure"), 1, "unsure whether"),
        # Without a kind the gate is on a kernel's figure, and there are several.
        (("--fail-if-slower", "5"), 2, "other work cannot be compared (--kernel picks one"),
        (("--kind", "nothing"), 2, "--kind: expected one of cache-server"),
        (("--kind", "c"), 2, "--kind: expected one of cache-server"),
        (("--mix", "cache=0"), 2, "--mix: expected shares of kinds"),
        (("--mix", "cache=1,cache-server=2"), 2, "--mix: cache-server: expected each kind once"),
        (("--mix", "nothing=1"), 2, "--mix: expected one of cache-server"),
    ],
)
def test_gates_and_what_cannot_be_asked(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    slow = dict.fromkeys(("divide", "crypto", "memread"), 0.5)
    first, second = two(tmp_path, slow)
    found, _, errors = run(capsys, first, second, *words)
    assert found == status
    assert message in errors.replace(first, "A").replace(second, "B")


def test_a_gate_on_the_primary_figure_is_not_moved_by_kinds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = two(tmp_path, dict.fromkeys(("divide", "crypto", "memread"), 0.25))
    for number in range(3):
        write(tmp_path / "a", f"a{number}", 1000.0 + number)
        write(tmp_path / "b", f"b{number}", 1010.0 + number, machine="web-2")
    words = (first, second, "--kernel", "rmw", "--fail-if-slower", "10")
    assert run(capsys, *words)[0] == 0
    assert run(capsys, *words, "--kind", "general")[0] == 1


def test_figures_under_other_conditions_take_no_part(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    others = ("divide", "memread_16k", "memread_1m", "memread_64m")
    for name, version in (("a", "3.0.2"), ("b", "1.1.1")):
        software = {"openssl": version}
        crypto = of_machine(name, kernels=("crypto_sha256", "crypto_blake2b"), software=software)
        folder(tmp_path / name, [*crypto, *of_machine(name, kernels=others)])
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    found = kinds(capsys, first, second, "--kind", "cache-server")
    assert "crypto_sha256" in found["answers"][0]["missing"]
    assert any(
        "crypto_sha256 takes no part in kinds of work: library" in r for r in found["remarks"]
    )


def test_a_kind_that_was_asked_for_and_has_no_answer_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        folder(tmp_path / name, of_machine(name, kernels=("memread_8m", "memread_1m")))
    words = (str(tmp_path / "a"), str(tmp_path / "b"), "--kind", "crypto")
    status, out, _ = run(capsys, *words)
    assert (status, "for crypto no answer: divide" in out) == (0, True)
    status, _, errors = run(capsys, *words, "--fail-if-slower", "3", "--fail-if-unsure")
    assert (status, "unsure whether slower than" in errors) == (1, True)


def test_a_side_of_unlike_machines_is_no_machine(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = two(tmp_path, {})
    folder(tmp_path / "b", of_machine("web-3", model=0))
    found = kinds(capsys, first, second, "--kernel", "divide")
    assert "several CPU models or sizes" in found["no_answer"][0]["why"]
    whole = folder(
        tmp_path / "all", of_machine("x", model=1) + of_machine("y", speeds={"divide": 2})
    )
    found = kinds(capsys, whole, "--group-by", "machine")
    assert [one["kind"] for one in found["answers"]] == HEADLINES


def test_runs_that_are_not_valid_take_no_part(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = two(tmp_path, {}, valid=False, invalid_reasons=["steal: much"])
    found = kinds(capsys, first, second, "--kernel", "divide")
    assert found["answers"] == []
    assert any("not valid: no part of kinds of work" in remark for remark in found["remarks"])


@given(st.floats(0.2, 5), st.floats(0.2, 5), st.floats(0.2, 5))
def test_sides_turned_round_turn_the_answer_round(one: float, two: float, three: float) -> None:
    wanted = AskedKinds(shipped.headlines(), {"crypto": 1.0, "web-server": 3.0})
    speeds = {"divide": one, "crypto": two, "memread": three}
    first = Side("a", tuple(of_machine("web-1")))
    second = Side("b", tuple(of_machine("web-2", model=1, speeds=speeds)))
    there, back = by_kind.compare(first, second, wanted), by_kind.compare(second, first, wanted)
    assert len(there.answers) == len(HEADLINES) + 1
    for here, turned in zip(there.answers, back.answers, strict=True):
        assert here.ratio == pytest.approx(1 / turned.ratio)
        assert here.lower == pytest.approx(1 / turned.upper)
    for same in by_kind.compare(first, Side("c", tuple(of_machine("web-3"))), wanted).answers:
        assert same.ratio == pytest.approx(1)
