"""Rules as files: read, located line by line, checked strictly and tried on their examples."""
