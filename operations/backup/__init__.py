"""Backups of metrics, databases and folders: made, proven by a restore, restored, pruned.

restic keeps them: encryption, deduplication and integrity are its work (https://restic.net).
"""
