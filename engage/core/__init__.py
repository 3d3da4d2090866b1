"""What all of Engage builds on: database, clock, settings, errors, events and worker loop."""
