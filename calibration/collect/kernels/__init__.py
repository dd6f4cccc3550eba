"""One file per family of kernels; each builds the calls of one shape."""
