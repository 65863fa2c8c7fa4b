"""Configuration, rules and their tests, and what makes the alerts' rules."""
