"""The EU funding monitor of a Swedish municipality: collect, match, digest, mail, search."""
