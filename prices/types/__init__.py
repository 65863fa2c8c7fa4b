"""What a type of machine has, from the lists of providers; nothing of it is measured."""
