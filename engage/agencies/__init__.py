"""Areas, hubs and their settings, agencies and staff."""
