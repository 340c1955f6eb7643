"""The plan of an application: from a call's last day back to today, with the municipality's own gates. Pure."""
