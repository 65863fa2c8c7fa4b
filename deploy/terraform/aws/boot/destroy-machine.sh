#!/bin/sh
# The machine is made so that powering off terminates it (instance_initiated_shutdown_behavior).
systemctl poweroff --no-block || poweroff -f
# Whoever called waits for the end, and calls again.
sleep 300
exit 1
