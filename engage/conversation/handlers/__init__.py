"""What each meaning of a text sets off, one module per meaning."""
