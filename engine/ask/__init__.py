"""What can be asked of a walk: any number by its name, where it is computed, what if, which notes, which
nodes are not well.

Here belongs what reads values. Not here: rules of propagation, or words for a person.
"""
