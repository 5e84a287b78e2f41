"""What staff see of texts. Reads only; never a body or a number of somebody whom the reader may not
see."""
