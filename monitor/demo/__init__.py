"""Sample publishers, served on loopback."""
