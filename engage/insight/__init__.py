"""What staff pages show: read models that gather facts from every line below, in a constant number of statements each."""
