"""What may be asked, and what is taken of the answer: pure."""
