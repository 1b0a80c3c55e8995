"""FITS files as they are found: opened whatever their faults, and parted into products."""
