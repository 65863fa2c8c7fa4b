"""The web application: endpoints put together, limits, log, own metrics, the server."""
