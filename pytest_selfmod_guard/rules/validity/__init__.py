"""What a change must still be: a program."""
