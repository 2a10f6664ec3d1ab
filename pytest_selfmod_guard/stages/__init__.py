"""The fixed pipeline, one stage a file."""
