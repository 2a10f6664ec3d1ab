"""The ways in: each parses its input, calls the guard, renders, and maps an exit code."""
