"""The API's resources of plan."""
