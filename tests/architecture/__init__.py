"""What the import contracts cannot see: sizes, names, pages, scopes, tables and tenants."""
