"""Breaks what several processes share, on purpose, and checks that their clients miss nothing."""
