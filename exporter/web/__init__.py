"""The HTTP server: asyncio's event loop, httptools' parser, and limits on what a client may do.

messages    requests and answers, and their bytes
routes      which path is answered by what
connection  one client
server      all clients
"""
