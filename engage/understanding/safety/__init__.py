"""What must be found in a text whatever else it says: danger, and another reader of the phone."""
