"""An hour of a real machine, for alerts to stay silent in.

``recording.py`` records a minute of the machine that it runs on, by our own exporter and load test,
a real Prometheus and a real Alertmanager; ``hour.py`` makes an hour of it. The recording is
``tests/fixtures/prometheus/recorded.txt.gz``. To make it anew, best on a machine that has nothing
else to do (then fewer alerts are right in ``test_recorded_hour.py``):

    .venv/bin/python -m tests.prometheus.recorded_hour.recording
"""
