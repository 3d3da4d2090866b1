"""What courts, police and prisons have decided or recorded: orders and requirements, offences,
custody, the intelligence flag.
"""
