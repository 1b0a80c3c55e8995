"""Line formation: hydro-chemical models become spectral-line cubes, and back."""

__all__ = ["__version__"]

__version__ = "0.1.0"
