"""What ``selfmod-guard audit`` is made of: one verb a file, and what they share."""
