"""A client of the portal's REST API: one group of its endpoints a file.

``PortalConnection`` carries an Endpoint (keys from files, CA, client certificates), and each
function takes one. ``PortalCall`` says of each request what goes out and what comes back; a test
holds these against the OpenAPI that the portal serves.
"""
