"""Write ontology/schemes/country.ttl from ISO 3166-1 (pycountry) and CLDR (babel), and the codes by which the map knows countries.

Run `make countries` when a country has changed its name. Kosovo is in neither list under an ISO code:
the EU's authority table calls it 1A0, CLDR knows it as XK.
"""

import json
from pathlib import Path

import pycountry
from babel import Locale

HEAD = """\
# Written by `make countries` from ISO 3166-1 (pycountry) and CLDR (babel). Not edited by hand.
@prefix country: <http://publications.europa.eu/resource/authority/country/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<http://publications.europa.eu/resource/authority/country> a skos:ConceptScheme ;
    skos:prefLabel "land"@sv , "country"@en ;
    skos:definition "EU:s förteckning över länder, med namn på svenska och engelska."@sv ,
        "The EU's list of countries, with names in Swedish and English."@en .
"""
CONCEPT = """
country:{alpha3} a skos:Concept ;
    skos:prefLabel "{sv}"@sv , "{en}"@en ;
    skos:notation "{alpha2}" ;
    skos:inScheme <http://publications.europa.eu/resource/authority/country> .
"""


def main() -> None:
    swedish, english = Locale("sv").territories, Locale("en").territories
    codes = sorted([(c.alpha_3, c.alpha_2) for c in pycountry.countries] + [("1A0", "XK")])
    concepts = [
        CONCEPT.format(alpha3=alpha3, alpha2=alpha2, sv=swedish[alpha2], en=english[alpha2])
        for alpha3, alpha2 in codes
    ]
    root = Path(__file__).parent.parent
    (root / "ontology" / "schemes" / "country.ttl").write_text(HEAD + "".join(concepts), encoding="utf-8")
    # world-atlas has numeric codes, and for what has none a name
    numbers = {"1A0": "Kosovo"} | {c.alpha_3: c.numeric for c in pycountry.countries}
    (root / "coopgraph" / "publish" / "assets" / "countries.json").write_text(
        json.dumps(dict(sorted(numbers.items())), indent=0) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
