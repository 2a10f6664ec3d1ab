"""What a change must not do to the tests."""
