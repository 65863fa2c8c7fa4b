"""The alerts for who runs rules in Grafana: files of Grafana's provisioning, made from ours."""
