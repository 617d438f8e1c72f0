"""Perihelion's Python side: the loader for bundles of tuned kernels, and the workers that compile and measure.

Importing this package is cheap; torch is imported when a bundle's kernel is first called.
"""

__version__ = "0.1.0"


def __getattr__(name):
    if name in ("load", "Bundle", "BundleError"):
        from perihelion import bundle

        return getattr(bundle, name)
    raise AttributeError(f"The package `perihelion` has no attribute `{name}`.")
