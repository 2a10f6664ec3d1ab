"""Product code that cheats its tests: what it asks, knows, reaches and pretends."""
