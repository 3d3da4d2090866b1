"""The API's resources of people."""
