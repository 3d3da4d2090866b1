"""What the service knows and decides: people, appointments, replies, compliance."""
