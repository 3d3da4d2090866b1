"""A worker corrects what a text means: the records are corrected, and the classifier can learn."""
