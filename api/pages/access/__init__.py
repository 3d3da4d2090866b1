"""Pages about who may see what: agreements, emergencies, and the record of who has looked."""
