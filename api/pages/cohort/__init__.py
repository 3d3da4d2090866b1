"""Pages of the cohort: referrals, assessments, meetings, status, transfers, numbers."""
