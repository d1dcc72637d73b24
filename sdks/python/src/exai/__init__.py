"""The exAI API."""
