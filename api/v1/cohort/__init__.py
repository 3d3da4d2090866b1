"""The API's resources of cohort."""
