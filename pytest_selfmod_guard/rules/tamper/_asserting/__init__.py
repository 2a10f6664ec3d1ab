"""What the tests of both sides of a change assert, and what became of it."""
