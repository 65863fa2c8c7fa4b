"""The chart's load tests: which nodes, how many at once, when, and what becomes of their job."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.deploy.chart import CHART, RELEASES, Manifest, helm, manifests, rendered

JOB = "--set=loadtest.job.enabled=true"
CRON = "--set=loadtest.cronjob.enabled=true"


def the(kind: str, *words: str, **where: str) -> Manifest:
    """The only object of a kind."""
    (found,) = [entry for entry in manifests(rendered(*words, **where)) if entry["kind"] == kind]
    return found


def refusal(*words: str) -> str:
    """What the chart says when it refuses values."""
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], *words)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_a_job_has_the_name_of_what_it_does() -> None:
    first = the("Job", JOB)["metadata"]["name"]
    # The same at the next upgrade or sync, whatever else changes.
    assert the("Job", JOB, "--set=exporter.port=9109")["metadata"]["name"] == first
    changes = (
        *("loadtest.nodes=2", "loadtest.kernel=membw", "loadtest.job.run=again"),
        *("image.loadtest.tag=v1", "commonLabels.team=a", "loadtest.resources.requests.cpu=2"),
    )
    others = [the("Job", JOB, f"--set={word}")["metadata"]["name"] for word in changes]
    assert len({first, *others}) == 1 + len(changes)


def test_a_job_that_has_finished_stays_and_those_of_a_schedule_go() -> None:
    assert "ttlSecondsAfterFinished" not in the("Job", JOB)["spec"]
    assert the("CronJob", CRON)["spec"]["jobTemplate"]["spec"]["ttlSecondsAfterFinished"] == 604800


@pytest.mark.parametrize(
    ("window", "deadline", "begins"), [(0, 900, 3600), (0, 7200, 3600), (3600, 900, 2700)]
)
def test_nothing_goes_on_behind_the_window(window: int, deadline: int, begins: int) -> None:
    words = f"loadtest.cronjob.windowSeconds={window},loadtest.deadlineSeconds={deadline}"
    spec = the("CronJob", CRON, f"--set={words}")["spec"]
    assert spec["startingDeadlineSeconds"] == begins
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == deadline


def test_a_window_that_is_shorter_than_its_runs_is_refused() -> None:
    said = refusal(CRON, "--set=loadtest.cronjob.windowSeconds=900")
    assert "loadtest.cronjob.windowSeconds: expected 0, or 10 more than" in said


def turn_of(*words: str) -> Manifest:
    """What waits for its turn."""
    pod = the("Job", JOB, *words)["spec"]["template"]["spec"]
    (container,) = pod["initContainers"]
    found: Manifest = container
    return found


def test_nodes_that_take_turns_are_all_held_from_the_beginning() -> None:
    words = ("--set=loadtest.nodes=5,loadtest.parallelism=2,loadtest.deadlineSeconds=1200",)
    spec = the("Job", JOB, *words)["spec"]
    # A pod that began when another one has ended could get its node.
    assert spec["parallelism"] == spec["completions"] == 5
    given = {entry["name"]: entry["value"] for entry in turn_of(*words)["env"]}
    assert given == {"AT_ONCE": "2", "TURNS": "3", "TURN_SECONDS": "300"}


@pytest.mark.parametrize("parallelism", [0, 5, 6])
def test_without_turns_nothing_waits(parallelism: int) -> None:
    word = f"--set=loadtest.nodes=5,loadtest.parallelism={parallelism}"
    assert "initContainers" not in the("Job", JOB, word)["spec"]["template"]["spec"]


def test_turns_that_do_not_fit_before_the_deadline_are_refused() -> None:
    said = refusal(JOB, "--set=loadtest.nodes=5,loadtest.parallelism=2")
    assert "loadtest.deadlineSeconds: expected 1200 at least, found 900: 3 turns" in said


def test_pods_wait_for_their_turns_by_the_clock() -> None:
    words = ("--set=loadtest.nodes=4,loadtest.parallelism=2,loadtest.deadlineSeconds=1200",)
    container = turn_of(*words)
    program, flag, code = container["command"]
    assert (program, flag) == ("python", "-c")
    given = {entry["name"]: entry["value"] for entry in container["env"]} | {"TURN_SECONDS": "2"}
    began = [
        subprocess.Popen(
            [sys.executable, flag, code + "print(time.time())"],
            env=given | {"JOB_COMPLETION_INDEX": str(index)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for index in range(4)
    ]
    times = [float(process.communicate()[0]) for process in began]
    assert [int(moment // 2) % 2 for moment in times] == [0, 0, 1, 1]


def test_nodes_are_apart_by_every_label_and_by_what_the_user_says() -> None:
    own = '{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone"}]}'
    affinity = the(
        "Job",
        JOB,
        "--set=loadtest.apartBy={example.com/hypervisor}",
        f"--set-json=loadtest.affinity.podAntiAffinity={own}",
    )["spec"]["template"]["spec"]["affinity"]
    terms: list[Any] = affinity["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    keys = [term["topologyKey"] for term in terms]
    assert keys == ["zone", "kubernetes.io/hostname", "example.com/hypervisor"]
    labels = {"app.kubernetes.io/name": "perfanalysis-loadtest"}
    for term in terms[1:]:
        assert (term["namespaceSelector"], term["labelSelector"]) == ({}, {"matchLabels": labels})
    assert "nodeAffinity" in affinity


def test_the_reports_outlive_helm_and_argo() -> None:
    words = ("--set=reporter.enabled=true", "--set=reporter.prometheusUrl=http://a")
    kept = the("PersistentVolumeClaim", *words)["metadata"]["annotations"]
    assert kept == {
        "helm.sh/resource-policy": "keep",
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
    }
