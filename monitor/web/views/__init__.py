"""Pages: one module for each address, or for addresses that show the same thing."""
