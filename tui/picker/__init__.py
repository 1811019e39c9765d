"""The scenario picker: what there is to open, what is known of it, and the screen that shows both."""
