"""The web server: the site's pages, SPARQL and saved queries over HTTP. Only here is HTTP known."""
