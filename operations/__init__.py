"""What keeps an installation well: backups that are proven."""
