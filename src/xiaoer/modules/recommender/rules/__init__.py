"""What is decided about wishes, choices and voices."""
