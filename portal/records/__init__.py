"""What the portal keeps: its tables, and the sessions by which alone they are reached.

Many rows of one kind go by ``tenant_batch``, which is bound to a tenant as the sessions are.
"""
