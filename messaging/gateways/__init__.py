"""The providers that carry texts, each behind the interface of `messaging.gateways.base`."""
