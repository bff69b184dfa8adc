"""Language models: none by default, any OpenAI-compatible server, and ones with a script."""
