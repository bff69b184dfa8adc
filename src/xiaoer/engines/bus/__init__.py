"""News between processes: PostgreSQL by default, NATS when hosts grow many."""
