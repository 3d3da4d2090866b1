"""The people under IOM, how they may be reached, and which of them an actor may see."""
