"""``portal serve``: try a site out."""

from pathlib import Path

import click

from portal.commands._common import folders
from portal.errors import ConfigError
from portal.server import SiteServer

__all__ = ["COMMAND"]


@click.command("serve", epilog="Example: portal serve build/site --data store --port 8000")
@click.argument("site", type=click.Path(path_type=Path), default="build/site")
@click.option(
    "--data",
    multiple=True,
    metavar="[NAME=]DIR",
    help="Store to serve at data/, or where the collection of that name is published.",
)
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--prefix", default="/", show_default=True, help="Path under which the site lies.")
def COMMAND(site: Path, data: tuple[str, ...], port: int, host: str, prefix: str) -> None:
    """Serve SITE (default build/site) with byte ranges and CORS until Ctrl-C."""
    try:
        with SiteServer(site, _places(site, data), host=host, port=port, prefix=prefix) as server:
            click.echo(f"Serving {site} at {server.url} (Ctrl-C ends)")
            server.serve_forever()
    except KeyboardInterrupt:
        click.echo()


def _places(site: Path, given: tuple[str, ...]) -> dict[str, Path]:
    """Folders by the path, from the site's root, at which they are served."""
    if all(Path(text).is_dir() or "=" not in text for text in given):
        found = folders(given, ())
        return {"data/": found[""]} if found else {}
    from portal.catalog.table import Catalog

    # Where collections are published stands in the tables that the site publishes.
    collections = {c.id: c for c in Catalog.open(site / "catalog").collections}
    places = {}
    for name, folder in folders(given, collections).items():
        place = collections[name].data_url if name else "data/"
        place = place.removeprefix(collections[name].site_url) if name else place
        if "://" in place:
            raise ConfigError(
                f"collection {name}: is published on another host",
                seen=place,
                expected="a data_url below the site",
                way_out="serve it without --data; its links lead to that host",
            )
        places[place] = folder
    return places
