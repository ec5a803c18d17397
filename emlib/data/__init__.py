"""What the data may be, in which form they go on, and what is refused."""
