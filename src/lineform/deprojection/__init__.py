"""From spectral-line cubes back to the gas: models, priors and likelihoods, on PyTorch."""
