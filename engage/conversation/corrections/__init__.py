"""A worker corrects how a text was read: what was recorded is put right, and the reader learns."""
