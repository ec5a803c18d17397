"""Wrong answers: those that any exercise can meet, and EM from parts that can be replaced."""
