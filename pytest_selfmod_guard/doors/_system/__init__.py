"""How the system is shown: on one screen, again and again, or as JSON."""
