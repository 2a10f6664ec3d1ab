"""What `pytest --selfmod-guard` does when it is on."""
