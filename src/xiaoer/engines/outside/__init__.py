"""Who carries calls to addresses that somebody typed in."""
