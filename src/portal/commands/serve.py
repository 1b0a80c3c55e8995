"""``portal serve``: try a site out."""

from pathlib import Path

import click

from portal.server import SiteServer

__all__ = ["COMMAND"]


@click.command("serve", epilog="Example: portal serve build/site --data store --port 8000")
@click.argument("site", type=click.Path(path_type=Path), default="build/site")
@click.option("--data", type=click.Path(path_type=Path), help="Store to serve at data/.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--prefix", default="/", show_default=True, help="Path under which the site lies.")
def COMMAND(site: Path, data: Path | None, port: int, host: str, prefix: str) -> None:
    """Serve SITE (default build/site) with byte ranges and CORS until Ctrl-C."""
    try:
        with SiteServer(site, data, host=host, port=port, prefix=prefix) as server:
            click.echo(f"Serving {site} at {server.url} (Ctrl-C ends)")
            server.serve_forever()
    except KeyboardInterrupt:
        click.echo()
