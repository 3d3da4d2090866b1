"""The API's resources of appointments."""
