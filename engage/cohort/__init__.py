"""The IOM case: referral, assessment, meeting, enrolment, red/amber/green status, strand, exit.

Rules suggest; meetings and people decide.
"""
