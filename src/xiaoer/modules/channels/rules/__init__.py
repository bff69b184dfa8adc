"""What is decided about channels: origins, tokens, tries, files. Pure."""
