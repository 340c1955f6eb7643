"""The EU funding monitor of a Swedish municipality: collect, match, digest, mail, search."""

import os

# Pydantic would look through every installed package for plugins of its own at each start; we have none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
