"""What lies between Textual and us: drawn widgets, colours, what is sent, how it ends; every private call of Textual.

Each private call says what it buys, and a test holds it against the public result.
"""
