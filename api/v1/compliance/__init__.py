"""The API's resources of compliance."""
