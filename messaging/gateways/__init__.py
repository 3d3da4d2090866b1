"""The providers that carry texts, each behind the seam of `messaging.gateways.base`."""
