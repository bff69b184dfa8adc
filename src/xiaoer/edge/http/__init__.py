"""HTTP: the application, its doorkeeper, and how problems are rendered."""
