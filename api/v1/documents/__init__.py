"""The API's resources of documents."""
