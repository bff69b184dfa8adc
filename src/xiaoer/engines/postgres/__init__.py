"""PostgreSQL: units of work, the outbox and its courier."""
