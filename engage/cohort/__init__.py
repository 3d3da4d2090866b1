"""The IOM case: referral, assessment, meeting, enrolment, red/amber/green, strands, exit. Rules
suggest; meetings and people decide.
"""
