"""What judges in an interpreter of its own, and what hands its verdict on."""
