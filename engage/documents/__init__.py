"""Documents: packs, reports and letters, gathered as facts and laid out as PDF."""
