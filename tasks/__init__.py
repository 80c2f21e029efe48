"""The rooms of the work; they do not know each other, flows hand results from one to the next."""
