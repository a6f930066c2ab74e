"""The words of the pages, in Swedish and English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "about": ("Om", "About"),
    "alias": ("Kallas också", "Also called"),
    "all": ("Alla", "All"),
    "answer": ("Svar", "Answer"),
    "any": ("(alla)", "(any)"),
    "ask": ("Fråga", "Ask"),
    "data_as": ("Som data", "As data"),
    "definition": ("Betydelse", "Meaning"),
    "derived": ("Följer av uppgifterna", "Follows from the facts"),
    "download": ("Hämta", "Download"),
    "evidence": ("Belägg", "Evidence"),
    "facts": ("Uppgifter", "Facts"),
    "front": ("Start", "Start"),
    "gone": ("Finns inte längre", "No longer here"),
    "gone_text": (
        "Den här saken har utgått. Adressen fortsätter att svara, så att den som har länkat hit ser vad som hände.",
        "This thing was retired. Its address keeps answering, so that those who linked here can see what happened.",
    ),
    "incoming": ("Pekar hit", "Points here"),
    "iri": ("Beständig adress", "Persistent address"),
    "languages": ("Språk", "Language"),
    "licence": ("Licens", "Licence"),
    "missing": ("Fyll i", "Fill in"),
    "more": ("Fler", "More"),
    "next": ("Nästa sida", "Next page"),
    "none": ("Inga belägg.", "No evidence."),
    "norows": ("Inga rader.", "No rows."),
    "not_found": ("Sidan finns inte", "There is no such page"),
    "not_found_text": (
        "Det finns ingen sida på den här adressen. Börja från startsidan.",
        "There is no page at this address. Begin at the start page.",
    ),
    "ontology": ("Modellen", "The model"),
    "optional": ("får utelämnas", "optional"),
    "other_language": ("In English", "På svenska"),
    "part": ("Del", "Part"),
    "previous": ("Föregående sida", "Previous page"),
    "properties": ("Egenskaper", "Properties"),
    "classes": ("Klasser", "Classes"),
    "queries": ("Frågor", "Questions"),
    "query_text": ("Frågans text", "The text of the query"),
    "reason": ("Skäl", "Reason"),
    "required": ("måste anges", "required"),
    "row": ("rad", "row"),
    "rows": ("rader", "rows"),
    "schemes": ("Begreppslistor", "Concept schemes"),
    "shapes": ("Regler för data", "Rules for the data"),
    "skip": ("Till innehållet", "To the content"),
    "source": ("Källa", "Source"),
    "sparql": ("SPARQL", "SPARQL"),
    "things": ("Innehåll", "Content"),
    "undated": ("odaterad", "undated"),
    "unknown": ("framgår inte av källorna", "not stated in the sources"),
    "whole": ("hela uppgiften", "the fact as a whole"),
    "why": ("Varför", "Why"),
}


def words(language: str) -> dict[str, str]:
    """The words in Swedish for "sv", else in English."""
    place = 0 if language == "sv" else 1
    return {key: both[place] for key, both in WORDS.items()}


FOLDERS: dict[str, tuple[str, str]] = {
    "agreement": ("Avtal", "Agreements"),
    "decision": ("Beslut", "Decisions"),
    "event": ("Organisationsförändringar", "Changes of organisations"),
    "membership": ("Medlemskap och roller", "Memberships and roles"),
    "network": ("Nätverk", "Networks"),
    "organisation": ("Organisationer", "Organisations"),
    "partnership": ("Samarbeten", "Partnerships"),
    "place": ("Platser", "Places"),
    "policy": ("Policyer och strategier", "Policies and strategies"),
    "programme": ("Program", "Programmes"),
    "project": ("Projekt", "Projects"),
    "source": ("Källor", "Sources"),
    # folders of queries
    "evidence": ("Belägg", "Evidence"),
    "report": ("Arbetslistor", "Worklists"),
}
