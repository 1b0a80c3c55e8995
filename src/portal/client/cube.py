"""A cube as a data set of xarray, whose intensities are read when they are used."""

from typing import TYPE_CHECKING, Any

import numpy as np

from portal.client.remote import missing_package

if TYPE_CHECKING:
    import h5py
    import xarray as xr

__all__ = ["cube_of"]

_AXES = {"intensity": ("velocity", "y", "x"), "frequency": ("velocity",), "spectrum": ("velocity",)}
_MAPS = ("moment0", "moment1", "moment2")


def cube_of(file: "h5py.File", group: str) -> "xr.Dataset":
    """One observation of an open file, which is closed with the data set.

    Raises
    ------
    DependencyError
        If xarray is not installed.
    """
    try:
        import xarray as xr
    except ImportError as error:
        raise missing_package("cubes of xarray", error) from error
    view = file[group]
    axes = _AXES | dict.fromkeys(_MAPS, ("y", "x"))
    variables = {
        name: xr.Variable(axes[name], _lazy(view[name]), _said(view[name]))
        for name in axes
        if name in view
    }
    coordinates = {
        name: xr.Variable((name,), view[name][()], _said(view[name]))
        for name in ("velocity", "y", "x")
    }
    about = {"name": _plain(file.attrs.get("name", "")), "group": group, **_said(view)}
    found = xr.Dataset(variables, coordinates, about)
    found.set_close(file.close)
    return found


def _lazy(dataset: "h5py.Dataset") -> Any:  # noqa: ANN401 (xarray has no public name for it)
    """The dataset as xarray reads those of its own backends."""
    from xarray.backends import BackendArray
    from xarray.core import indexing

    class Lazy(BackendArray):
        """Indexing that is put off until values are needed."""

        shape = dataset.shape
        dtype = dataset.dtype

        def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:  # noqa: ANN401 (an array or a number)
            support = indexing.IndexingSupport.BASIC
            return indexing.explicit_indexing_adapter(key, self.shape, support, _read)

    def _read(key: tuple[int | slice, ...]) -> Any:  # noqa: ANN401 (an array or a number)
        # h5py takes no negative steps; xarray knows, and asks for none.
        return dataset[key]

    return indexing.LazilyIndexedArray(Lazy())


def _said(thing: "h5py.Group | h5py.Dataset") -> dict[str, Any]:
    """The attributes as xarray's users write them; ``units`` is the word of its world."""
    said = {str(key): _plain(value) for key, value in sorted(thing.attrs.items())}
    return {"units" if key == "unit" else key: value for key, value in said.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 (whatever HDF5 holds)
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value
