"""Match bodies with the entries of other registers, and keep what was decided, by whom and why."""
