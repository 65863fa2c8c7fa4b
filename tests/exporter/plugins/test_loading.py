"""What a reference names is found, imported and made, or refused with what was expected."""

from __future__ import annotations

import pytest

from exporter.plugins.loading import Collecting, maker_of
from exporter.plugins.settings import read_reference
from exporter.sources.files import Paths
from perfanalysis.errors import InputError
from tests.exporter.conftest import flags_of
from tests.exporter.plugins.written import ONE, Written

FORMS = (
    ONE
    + """
    instance = One()
    class Holder:
        inside = One()
    def function():
        return One()
    def asks_for(path):
        return One()
    def asks_for_little(path="/"):
        return One()
    def gives_nothing():
        return None
    number = 7
    from prometheus_client import REGISTRY, CollectorRegistry, Gauge
    registry = CollectorRegistry()
    registry.register(instance)
    gauge = Gauge("written_one", "One.", registry=None)
    """.replace("\n    ", "\n")
)


def made(word: str) -> Collecting:
    return maker_of(read_reference(word), flags_of(), Paths())()


def names(collecting: Collecting) -> list[str]:
    return [metric.name for metric in collecting.collect()]


@pytest.mark.parametrize(
    "name",
    ["One", "instance", "Holder.inside", "function", "asks_for_little", "registry", "gauge"],
)
def test_instances_classes_functions_and_registries_are_taken(name: str, written: Written) -> None:
    assert names(made(f"{written.write(FORMS)}:{name}")) == ["written_one"]


def test_the_registry_of_all_is_one_too() -> None:
    assert "process_cpu_seconds" in names(made("prometheus_client:REGISTRY"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("number", "expected a collector or registry of prometheus_client"),
        ("gives_nothing", "expected a collector or registry of prometheus_client"),
        ("asks_for", "called without arguments (missing a required argument: 'path')"),
        ("nowhere", "expected a name in the module"),
        ("One.nowhere", "expected a name in the module"),
    ],
)
def test_what_is_no_collector_is_refused(name: str, said: str, written: Written) -> None:
    with pytest.raises(InputError) as caught:
        made(f"{written.write(FORMS)}:{name}")
    assert str(caught.value).startswith("--collector.python: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("module", ["no_such_module", "no_such.module", "exporter.no_such"])
def test_a_module_that_is_not_there_is_refused(module: str) -> None:
    with pytest.raises(InputError, match=f"a module that Python can import .* found '{module}'"):
        made(f"{module}:One")


def test_what_a_module_needs_is_no_fault_of_the_flag(written: Written) -> None:
    module = written.write("import no_such_module")
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        made(f"{module}:One")


def test_a_package_offers_plugins_by_name(written: Written) -> None:
    module = written.write(ONE)
    written.offer("first", queues=f"{module}:One", gone=f"{module}:Gone")
    written.offer("second", gone_too="no_such_module:One")
    assert names(made("queues")) == ["written_one"]
    # What the package says is not there is the package's fault.
    for name in ("gone", "gone_too"):
        with pytest.raises(RuntimeError, match="of the package's metadata"):
            made(name)
    with pytest.raises(InputError, match=r"\(there are gone, gone_too, processes, queues, sens"):
        made("nowhere")


def test_two_packages_with_one_name_are_told_apart_by_hand(written: Written) -> None:
    for package in ("first", "second"):
        written.offer(package, queues=f"{package}:One")
    with pytest.raises(InputError, match=r"several packages offer it \(first, second\)"):
        made("queues")


def test_the_names_of_what_is_shipped_are_taken(written: Written) -> None:
    written.offer("first", processes="no_such_module:One")
    assert type(made("processes")).__module__ == "exporter.plugins.shipped.processes"
