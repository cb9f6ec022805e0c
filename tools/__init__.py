"""Programs that make data files of the package; the package itself does not need them."""
