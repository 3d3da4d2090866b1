"""Pages of the plan and its actions."""
