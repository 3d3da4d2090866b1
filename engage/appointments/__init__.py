"""Booking, reminders, attendance and import."""
