"""The steps, oldest first; Alembic finds them by their numbers."""
