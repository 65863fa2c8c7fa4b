"""What disks and networks can do, by tools that others keep: fio and iperf3."""
