"""What a change must not do."""
