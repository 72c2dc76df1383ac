"""Breaks what several processes share, on purpose, and checks that their clients miss nothing.

`__main__` is the command, `rounds` what a round is, `faults` what breaks, `oracle` what must hold all the same, and `million` the run in
which nothing breaks and every event is counted. The rest is what these work on: servers, proxies, workers and clients.
"""
