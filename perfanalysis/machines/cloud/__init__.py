"""Which cloud this machine runs in, as the provider's metadata service tells: one file a provider.

``discovery.discover`` is the way in. The firmware's strings (DMI) say whom to ask; a machine whose
firmware names no provider asks nobody, for the address of the metadata services belongs to nobody
elsewhere, and requests to it from a whole data centre look like an attack.
"""
