"""What the demo plays, and on which stage."""
