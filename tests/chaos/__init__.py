"""Faults in turn: every job meets an error, a kill or a power cut at each write, sync, rename and connection (`python -m tests.chaos`)."""
