"""Two numbers as a plane: what a node computes over two inputs, and E over two parameters, in cells of colour."""
