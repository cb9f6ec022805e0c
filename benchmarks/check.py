import argparse
NAME="plots"
SUMMARY=""
def add_options(p): ...
def main(o): return 0
