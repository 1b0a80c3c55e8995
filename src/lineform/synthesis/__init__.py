"""The forward direction: from the state of the gas to spectral-line cubes."""
