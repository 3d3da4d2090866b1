"""What people say around a yes or a no: the reason for it, and that they do not know yet."""
