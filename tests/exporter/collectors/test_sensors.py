"""The collectors of sensors and clocks, over small trees as the kernel documents describe them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors import cpufreq, powersupplyclass, rapl, thermal_zone, watchdog
from exporter.collectors.hwmon import collector as hwmon
from exporter.collectors.hwmon.names import split
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect


def test_cpufreq(write: Write, collect: Collect) -> None:
    folder = "devices/system/cpu/cpu10/cpufreq"
    tree = write(
        {
            "devices/system/cpu/cpuidle/current_driver": "none\n",
            "devices/system/cpu/cpu2/online": "1\n",
            f"{folder}/scaling_cur_freq": "1219917\n",
            f"{folder}/scaling_max_freq": "3700000\n",
            f"{folder}/scaling_governor": "powersave\n",
            f"{folder}/scaling_available_governors": "performance powersave \n",
        }
    )
    assert collect(cpufreq.SPECIFICATION, tree) == {
        'node_cpu_scaling_frequency_hertz{cpu="10"}': 1219917000,
        'node_cpu_scaling_frequency_max_hertz{cpu="10"}': 3700000000,
        'node_cpu_scaling_governor{cpu="10",governor="performance"}': 0,
        'node_cpu_scaling_governor{cpu="10",governor="powersave"}': 1,
    }


def test_hwmon(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "devices/platform/coretemp.0/driver": "x",
            "class/hwmon/hwmon0/name": "coretemp\n",
            "class/hwmon/hwmon0/temp1_input": "55000\n",
            "class/hwmon/hwmon0/temp1_label": "Core 0\n",
            "class/hwmon/hwmon0/temp1_crit_alarm": "0\n",
            "class/hwmon/hwmon0/fan1_input": "1098\n",
            "class/hwmon/hwmon0/fan1_fault": "broken\n",
            "class/hwmon/hwmon0/update_interval": "1000\n",
            "class/hwmon/hwmon1/name": "nct6775\n",
            "class/hwmon/hwmon1/in0_input": "792\n",
        }
    )
    device = tree / "sys/class/hwmon/hwmon0/device"
    device.symlink_to("../../../devices/platform/coretemp.0")
    samples = collect(hwmon.SPECIFICATION, tree)
    chip = "platform_coretemp_0"
    assert samples == {
        f'node_hwmon_chip_names{{chip="{chip}",chip_name="coretemp"}}': 1,
        f'node_hwmon_temp_celsius{{chip="{chip}",sensor="temp1"}}': 55,
        f'node_hwmon_sensor_label{{chip="{chip}",sensor="temp1",label="Core 0"}}': 1,
        f'node_hwmon_temp_crit_alarm_celsius{{chip="{chip}",sensor="temp1"}}': 0,
        f'node_hwmon_fan_rpm{{chip="{chip}",sensor="fan1"}}': 1098,
        f'node_hwmon_update_interval_seconds{{chip="{chip}",sensor="update_interval0"}}': 1,
        'node_hwmon_chip_names{chip="nct6775",chip_name="nct6775"}': 1,
        'node_hwmon_in_volts{chip="nct6775",sensor="in0"}': 0.792,
    }
    only = collect(hwmon.SPECIFICATION, tree, "--collector.hwmon.chip-include=nct")
    assert {series.split('"')[1] for series in only} == {"nct6775"}


def test_power_supply(write: Write, collect: Collect) -> None:
    folder = "class/power_supply/BAT0"
    tree = write(
        {
            f"{folder}/capacity": "81\n",
            f"{folder}/voltage_now": "12229000\n",
            f"{folder}/temp": "-15\n",
            f"{folder}/status": "Discharging\n",
            f"{folder}/serial_number": "\n",
            "class/power_supply/AC/online": "0\n",
        }
    )
    assert collect(powersupplyclass.SPECIFICATION, tree) == {
        'node_power_supply_capacity{power_supply="BAT0"}': 81,
        'node_power_supply_voltage_volt{power_supply="BAT0"}': 12.229,
        'node_power_supply_temp_celsius{power_supply="BAT0"}': -1.5,
        'node_power_supply_info{power_supply="BAT0",status="Discharging"}': 1,
        'node_power_supply_online{power_supply="AC"}': 0,
        'node_power_supply_info{power_supply="AC"}': 1,
    }


def test_rapl(write: Write, collect: Collect) -> None:
    tree = write({})
    for zone, name in {"intel-rapl:0": "package-1", "a": "core", "b": "core"}.items():
        write({f"class/powercap/{zone}/name": name, f"class/powercap/{zone}/energy_uj": "240422"})
    write({"class/powercap/intel-rapl/enabled": "1"})
    base = tree / "sys/class/powercap"
    assert collect(rapl.SPECIFICATION, tree) == {
        f'node_rapl_package_joules_total{{index="1",path="{base}/intel-rapl:0"}}': 0.240422,
        f'node_rapl_core_joules_total{{index="0",path="{base}/a"}}': 0.240422,
        f'node_rapl_core_joules_total{{index="1",path="{base}/b"}}': 0.240422,
    }
    labelled = collect(rapl.SPECIFICATION, tree, "--collector.rapl.enable-zone-label")
    first = f'node_rapl_joules_total{{index="0",path="{base}/a",rapl_zone="core"}}'
    assert labelled[first] == 0.240422


def test_thermal_zone(write: Write, collect: Collect) -> None:
    thermal = "class/thermal"
    tree = write(
        {
            f"{thermal}/thermal_zone0/temp": "-44000\n",
            f"{thermal}/thermal_zone0/type": "acpitz\n",
            f"{thermal}/thermal_zone1/type": "silent\n",
            f"{thermal}/cooling_device0/cur_state": "3\n",
            f"{thermal}/cooling_device0/max_state": "50\n",
            f"{thermal}/cooling_device0/type": "Processor\n",
        }
    )
    assert collect(thermal_zone.SPECIFICATION, tree) == {
        'node_thermal_zone_temp{zone="0",type="acpitz"}': -44,
        'node_cooling_device_cur_state{name="0",type="Processor"}': 3,
        'node_cooling_device_max_state{name="0",type="Processor"}': 50,
    }


def test_watchdog(write: Write, collect: Collect) -> None:
    folder = "class/watchdog/watchdog0"
    tree = write({f"{folder}/timeout": "60\n", f"{folder}/identity": "iTCO_wdt\n"})
    assert collect(watchdog.SPECIFICATION, tree) == {
        'node_watchdog_timeout_seconds{name="watchdog0"}': 60,
        'node_watchdog_info{name="watchdog0",options="",identity="iTCO_wdt",state="",status="",'
        'pretimeout_governor=""}': 1,
    }


@given(name=st.text())
def test_any_name_of_a_sensor(name: str) -> None:
    parts = split(name)
    assert parts is None or (parts[0] and parts[1] >= 0)
