"""What headers say of a product in words: names, whether it is of the sky, its calibration."""
