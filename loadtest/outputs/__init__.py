"""Where a finished result goes beside the state folder: HTTP upload, Prometheus remote write."""
