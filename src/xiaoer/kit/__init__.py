"""Words with no business meaning: ids, money, time, paging, problem, event."""
