"""Areas, hubs, agencies and the staff who work in them."""
