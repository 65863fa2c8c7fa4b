"""Finished reports to where they are to go, each place once: folder, e-mail, webhook, S3."""
