"""Who may see and do what: one place for every question of who may."""
