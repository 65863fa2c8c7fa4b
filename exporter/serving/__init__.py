"""The HTTP server: asyncio's event loop, httptools' parser, and limits on what a client may do.

messages    requests and answers, and their bytes
routes      which path is answered by what
connection  one client
server      all clients
addresses   what --web.listen-address can say
listening   the sockets
systemd     sockets from systemd, and what it is told

Imported only with --web.config.file:

watching       the configuration in force, read anew when it changes
configuration  its file; fields, tls_settings: parts of it
guard          rate limit, headers and passwords before the routes
passwords      bcrypt
tls            contexts from certificates
handshakes     TLS before HTTP
"""
