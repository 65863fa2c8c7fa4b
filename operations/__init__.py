"""What keeps an installation well: backups that are proven, and a look at the whole."""
