"""How much a change may be."""
