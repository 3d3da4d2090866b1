"""Conversations as staff see them: threads, unread replies, alarms, logs."""
