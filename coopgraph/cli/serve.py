"""`coopgraph serve`: the site of a built dataset on a port of this machine."""

from __future__ import annotations

import click

from coopgraph.cli.setting import Setting, lang_option, pass_setting


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on [127.0.0.1, this machine alone].")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    help="Port to listen on [8000]; 0: any that is free.",
)
@click.option(
    "--address", default="", metavar="URL", help="Where the site is found from outside [the base IRI]."
)
@click.option("--metrics", is_flag=True, help="Give figures for Prometheus at /metrics.")
@click.option("--quiet", is_flag=True, help="Log errors and reloads alone, not each request.")
@lang_option
@pass_setting
def serve(setting: Setting, host: str, port: int, address: str, metrics: bool, quiet: bool) -> None:
    """Serve the built graph as a web site: pages, data, SPARQL and saved queries."""
    from coopgraph.publish.server.limits import limits_of
    from coopgraph.publish.server.run import serve as serve_

    project = setting.project()
    serve_(
        project,
        limits_of(project),
        host=host,
        port=port,
        address=address,
        metrics=metrics,
        quiet=quiet,
        started=lambda at: click.echo(
            setting.say(
                f"Webbplatsen svarar på {at} (avsluta med Ctrl-C)",
                f"The site answers at {at} (end with Ctrl-C)",
            )
        ),
    )
