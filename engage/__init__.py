"""The domain of the service: people, appointments, replies, compliance."""
