"""The HTTP server: an event loop, httptools' parser, and limits on what a client may do.

messages        requests and answers, and their bytes
request_reader  from bytes to requests; targets: what their first lines name
connection      one client: its requests in turn, each with one answer
loop            sockets, timers, signals and calls of other threads
keep_alive      clients that ask for the same page again and again
unread          what clients leave unread
routes          which path is answered by what
server          all clients
addresses       what --web.listen-address can say
listening       the sockets
systemd         sockets from systemd, and what it is told
audit           what was answered and refused, as metrics and in the log; peers: by whom

Imported only with --web.config.file:

watching        the configuration in force, read anew when it changes
configuration   its file; fields, tls_settings: parts of it
guard           rate limit, headers and passwords before the routes
passwords       bcrypt
tls             contexts from certificates; certificates: until when they are valid
tls_connection  TLS before HTTP
"""
