"""The words of searches, in Swedish and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "kind": ("Slag", "Kind"),
    "country": ("Land", "Country"),
    "topic": ("Ämne", "Topic"),
    "network": ("Nätverk", "Network"),
    "status": ("Status", "Status"),
    "period": ("Tid", "Time"),
    "from": ("Från år", "From year"),
    "to": ("Till år", "To year"),
    "choose": ("Begränsa", "Narrow down"),
    "anew": ("Ta bort alla val", "Clear all choices"),
    "chosen": ("valt, tryck för att ta bort", "chosen, press to remove"),
    "concept": ("Begrepp", "Concepts"),
    "alike": ("Inget heter så. Visar träffar som liknar", "Nothing is called that. Showing what is like"),
    "none": (
        "Inget hittades. Skriv färre eller andra ord, eller ta bort något val.",
        "Nothing was found. Use fewer or other words, or remove a choice.",
    ),
    "empty": ("Allt i grafen", "Everything in the graph"),
    "things": ("träffar", "things found"),
    "thing": ("träff", "thing found"),
    "all_values": ("Visa fler", "Show more"),
    "too": ("även", "also"),
    "show": ("Visa", "Show"),
    "since": ("från", "from"),
    "until": ("till", "until"),
    "of_country": ("Allt som rör landet", "All that concerns the country"),
    "of_topic": ("Allt på ämnet", "All on the topic"),
    "of_network": ("Alla i nätverket", "All in the network"),
    "with_country": ("Samarbeten med", "Partnerships with"),
    "with_topic": ("Samarbeten om", "Partnerships on"),
    "with_network": ("Organisationer i", "Bodies in"),
    "of_kind": ("Alla av slaget", "All of the kind"),
    "of_status": ("Alla med statusen", "All with the status"),
    "script": (
        "Sökningen på de här sidorna görs av ett skript i webbläsaren. Utan skript finns allt i listorna:",
        "Searching these pages is done by a script in the browser. Without scripts, everything is in the lists:",
    ),
    "waiting": ("Hämtar namnen …", "Fetching the names …"),
}

ONE: dict[str, tuple[str, str]] = {
    "agreement": ("avtal", "agreement"),
    "concept": ("begrepp", "concept"),
    "country": ("land", "country"),
    "decision": ("beslut", "decision"),
    "event": ("organisationsförändring", "change of organisations"),
    "membership": ("medlemskap eller roll", "membership or role"),
    "network": ("nätverk", "network"),
    "organisation": ("organisation", "body"),
    "partnership": ("samarbete", "partnership"),
    "place": ("plats", "place"),
    "policy": ("policy", "policy"),
    "programme": ("program", "programme"),
    "project": ("projekt", "project"),
    "source": ("källa", "source"),
    "topic": ("ämne", "topic"),
}
"""What one thing of a folder, or one concept of a scheme, is called."""


def search_words(language: str) -> dict[str, str]:
    """The words in Swedish for "sv", else in English."""
    return {key: both[0 if language == "sv" else 1] for key, both in WORDS.items()}


def sort_of(short: str, folder: str) -> str:
    """The word that tells what a thing is, by its prefixed name: of a concept its scheme, where that has a word, else the folder."""
    prefix = short.partition(":")[0]
    return prefix if folder == "concept" and prefix in ONE else folder


def one_of(folder: str, language: str) -> str:
    """What one thing of a folder is called; the folder itself where it is the dataset's own."""
    return ONE.get(folder, (folder, folder))[0 if language == "sv" else 1]
