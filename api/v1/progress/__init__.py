"""The API's resources of progress."""
