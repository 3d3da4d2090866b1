"""The API's resources of access."""
