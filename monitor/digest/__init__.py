"""What a department gets, and how it reads. Pure."""
