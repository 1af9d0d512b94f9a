"""Convolution by the fast Fourier transform, with a proven bound on its rounding."""
