"""Orders, custody and offences as staff see them."""
