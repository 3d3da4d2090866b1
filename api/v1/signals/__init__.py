"""The API's resources of signals."""
