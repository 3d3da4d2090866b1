"""What the courts, the police and the prison have decided or found: orders and their requirements,
arrests, custody, flags.
"""
