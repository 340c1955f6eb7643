"""The EU Funding & Tenders Portal: its codes, rows and budgets turned into Calls. Pure; the spiders fetch."""
