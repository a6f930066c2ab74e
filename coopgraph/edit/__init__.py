"""The steward's operations: each is first a proposal (`Change`), to be looked at and then written."""
