"""Pages of orders, custody and offences."""
