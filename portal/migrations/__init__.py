"""The schema's history (Alembic): each version is a file, and never changes once it is released."""
