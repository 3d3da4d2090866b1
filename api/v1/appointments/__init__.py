"""The API's resources for appointments and free times."""
