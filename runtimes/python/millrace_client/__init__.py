"""Millrace's own client for the Runtime API, for Pythons that AWS's client does not come to. Standard library only."""
