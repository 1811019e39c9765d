"""What a person has chosen to see, and by which keys: selection, digits, notation, settings. Panels draw from it."""
