"""Drug tests and the court reviews of a drug rehabilitation requirement: recorded by staff only."""
