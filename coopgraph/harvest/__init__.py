"""Facts of others, fetched from their SPARQL endpoints into `data/import/`: one saved CONSTRUCT query, one file."""

from coopgraph.harvest.changes import Change
from coopgraph.harvest.fetch import Manners
from coopgraph.harvest.run import Harvested, harvest
from coopgraph.queries.harvests import Harvest, load_harvest, load_harvests

__all__ = ["Change", "Harvest", "Harvested", "Manners", "harvest", "load_harvest", "load_harvests"]
