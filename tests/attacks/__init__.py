"""The house as a hostile expert meets it: every promise of SECURITY.md has an attack here."""
