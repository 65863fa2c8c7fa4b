"""The plug-ins that come along; each is a ``prometheus_client`` collector over psutil."""
