"""The event loop: sockets, timers, signals and calls of other threads, in one thread.

asyncio could do it, and did: it is 2 MB of resident memory of a process that needs 20, and a sixth
of the CPU time to its first page, for coroutines, queues, subprocesses and name look-ups that
nothing here uses. What is here has asyncio's names and keeps its rules.
"""
