"""The families of the plug-ins that come along, apart from the code that loads psutil.

Groups of processes have the names, labels and types of process-exporter, which dashboards for
processes know (https://github.com/ncabatoff/process-exporter).
"""

from __future__ import annotations

from perfanalysis.exposition.families import Family

_GROUP = "namedprocess_namegroup"
PROCESSES = Family(
    f"{_GROUP}_num_procs",
    "gauge",
    "Processes of the group.",
    ("groupname",),
    source="psutil.pids",
)
CPU = Family(
    f"{_GROUP}_cpu_seconds_total",
    "counter",
    "CPU time of the group's processes since the exporter began to look, those that have ended "
    "among them.",
    ("groupname", "mode"),
    "seconds",
    "psutil.Process.cpu_times",
)
MEMORY = Family(
    f"{_GROUP}_memory_bytes",
    "gauge",
    "Memory of the group's processes; pages that they share count for each.",
    ("groupname", "memtype"),
    "bytes",
    "psutil.Process.memory_info",
)
READ = Family(
    f"{_GROUP}_read_bytes_total",
    "counter",
    "Bytes that the group's processes had read from storage; absent unless it can be read of all.",
    ("groupname",),
    "bytes",
    "psutil.Process.io_counters",
)
WRITTEN = Family(
    f"{_GROUP}_write_bytes_total",
    "counter",
    "Bytes that the group's processes had written to storage; absent unless it can be read of all.",
    ("groupname",),
    "bytes",
    "psutil.Process.io_counters",
)
OLDEST = Family(
    f"{_GROUP}_oldest_start_time_seconds",
    "gauge",
    "When the oldest process of the group began, in unixtime.",
    ("groupname",),
    "seconds",
    "psutil.Process.create_time",
)
GROUPS = Family(
    "perf_process_groups",
    "gauge",
    "Groups of processes that there are, shown or not.",
    source="psutil.pids",
)
UNREADABLE = Family(
    "perf_process_io_unreadable",
    "gauge",
    "Processes whose I/O the exporter may not read: it needs CAP_SYS_PTRACE.",
    source="psutil.Process.io_counters",
)
PROCESS_FAMILIES = (PROCESSES, CPU, MEMORY, READ, WRITTEN, OLDEST, GROUPS, UNREADABLE)

TEMPERATURE = Family(
    "perf_sensor_temperature_celsius",
    "gauge",
    "Temperature of a sensor.",
    ("chip", "sensor"),
    "celsius",
    "psutil.sensors_temperatures",
)
HIGH = Family(
    "perf_sensor_temperature_high_celsius",
    "gauge",
    "Temperature that the sensor's maker calls high.",
    ("chip", "sensor"),
    "celsius",
    "psutil.sensors_temperatures",
)
CRITICAL = Family(
    "perf_sensor_temperature_critical_celsius",
    "gauge",
    "Temperature that the sensor's maker calls critical.",
    ("chip", "sensor"),
    "celsius",
    "psutil.sensors_temperatures",
)
FAN = Family(
    "perf_sensor_fan_rpm",
    "gauge",
    "Revolutions of a fan per minute.",
    ("chip", "sensor"),
    source="psutil.sensors_fans",
)
CHARGE = Family(
    "perf_battery_charge_ratio",
    "gauge",
    "What is left of the battery's charge, 0 to 1.",
    source="psutil.sensors_battery",
)
REMAINING = Family(
    "perf_battery_remaining_seconds",
    "gauge",
    "How long the battery lasts at the present draw; absent while it is plugged in.",
    unit="seconds",
    source="psutil.sensors_battery",
)
PLUGGED = Family(
    "perf_battery_plugged_in",
    "gauge",
    "Whether the machine with the battery is plugged in.",
    source="psutil.sensors_battery",
)
SENSOR_FAMILIES = (TEMPERATURE, HIGH, CRITICAL, FAN, CHARGE, REMAINING, PLUGGED)

SESSIONS = Family(
    "perf_user_sessions",
    "gauge",
    "Sessions in which a user is logged in.",
    ("user",),
    source="psutil.users",
)
SESSION_START = Family(
    "perf_user_oldest_session_start_time_seconds",
    "gauge",
    "When the oldest session of a user began, in unixtime.",
    ("user",),
    "seconds",
    "psutil.users",
)
USERS = Family("perf_users", "gauge", "Users that are logged in.", source="psutil.users")
USER_FAMILIES = (SESSIONS, SESSION_START, USERS)

BY_PLUGIN = {"processes": PROCESS_FAMILIES, "sensors": SENSOR_FAMILIES, "users": USER_FAMILIES}
FAMILIES = tuple(family for families in BY_PLUGIN.values() for family in families)
