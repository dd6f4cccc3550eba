"""Measures the time and energy of language-model kernels, steps and serving on one GPU."""
