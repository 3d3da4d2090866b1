"""Appointments, bookings and free times as staff see them."""
