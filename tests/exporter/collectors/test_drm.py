"""Graphics cards of AMD."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.drm import SPECIFICATION
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FLAG = "--collector.drm"
AMD = {
    "uevent": "DRIVER=amdgpu\nPCI_ID=1002:687F\n",
    "gpu_busy_percent": "4\n",
    "mem_info_gtt_total": "8000\n",
    "mem_info_gtt_used": "140\n",
    "mem_info_vram_total": "9000\n",
    "mem_info_vram_vendor": "samsung\n",
    "power_dpm_force_performance_level": "manual\n",
    "unique_id": "0123456789abcdef\n",
}


def tree(card: str, files: dict[str, str]) -> dict[str, str]:
    return {f"class/drm/{card}/device/{name}": text for name, text in files.items()}


def test_a_card(write: Write, collect: Collect) -> None:
    other = {"uevent": "DRIVER=i915\n", "gpu_busy_percent": "9\n"}
    files = tree("card0", AMD) | tree("card1", other) | tree("card0-HDMI-A-1", AMD)
    # What this card's driver does not tell is absent.
    assert collect(SPECIFICATION, write(files), FLAG) == {
        'node_drm_card_info{card="card0",memory_vendor="samsung",'
        'power_performance_level="manual",unique_id="0123456789abcdef",vendor="amd"}': 1,
        'node_drm_gpu_busy_percent{card="card0"}': 4,
        'node_drm_memory_gtt_size_bytes{card="card0"}': 8000,
        'node_drm_memory_gtt_used_bytes{card="card0"}': 140,
        'node_drm_memory_vram_size_bytes{card="card0"}': 9000,
    }


@pytest.mark.parametrize("files", [{}, tree("card0", {"uevent": "DRIVER=i915\n"})])
def test_a_machine_without_such_cards(
    files: dict[str, str], write: Write, collect: Collect
) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write(files), FLAG)


def test_what_is_not_understood(write: Write, collect: Collect) -> None:
    files = tree("card0", AMD | {"gpu_busy_percent": "busy\n"})
    with pytest.raises(CollectorError, match="gpu_busy_percent: expected an unsigned number"):
        collect(SPECIFICATION, write(files), FLAG)
