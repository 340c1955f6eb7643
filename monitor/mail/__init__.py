"""Outbox and delivery."""
