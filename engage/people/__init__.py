"""The people under IOM: their records, their phone numbers, and whether they may be texted."""
