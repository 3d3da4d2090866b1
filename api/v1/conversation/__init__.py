"""The API's resources of conversation."""
