"""Where attempts are written down: one file a store."""
