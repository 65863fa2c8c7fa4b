"""What goes on now: progress of tests and readings of machines, once a second to all who watch.

Portals of one database learn of each other's news by looking at its tables once a second, and not
by LISTEN and NOTIFY: that works on SQLite, PostgreSQL and Oracle alike, through poolers that hand a
connection on at each transaction, and within row-level security; nothing is lost while a connection
is made anew. It costs a few short statements a second for each tenant that anybody watches, however
many do.
"""
