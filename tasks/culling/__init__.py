"""Decision, rules, guards, list, carrying out and certificate."""
