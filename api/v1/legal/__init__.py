"""The API's resources of legal."""
