"""Methods of inference: from a problem to samples of its posterior; one file each."""
