"""Mails on their way: composing them, and delivering them to a server or a folder."""
