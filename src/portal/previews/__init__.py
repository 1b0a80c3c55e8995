"""Pictures of observations, drawn from the small datasets that the catalogue has the place of."""
