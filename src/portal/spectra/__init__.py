"""Where spectral data lie: coordinates, bands and wavelengths, in whatever form they are given."""
