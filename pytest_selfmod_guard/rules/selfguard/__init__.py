"""What a change must not do to its judge."""
