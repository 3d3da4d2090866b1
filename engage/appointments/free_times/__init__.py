"""Free times of workers, and offering them by text to people whose offender manager allows that."""
