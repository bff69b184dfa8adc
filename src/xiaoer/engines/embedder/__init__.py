"""Embedders: bundled models, an OpenAI-compatible server, an honest fake."""
