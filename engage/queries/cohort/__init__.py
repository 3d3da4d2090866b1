"""The cohort as staff see it: status, meetings, referrals and statistics."""
