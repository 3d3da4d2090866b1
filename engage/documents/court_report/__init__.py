"""The report to the court before a review of a drug rehabilitation requirement (rule 13)."""
