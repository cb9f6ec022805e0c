"""`python -m benchmarks.corpus`."""

from benchmarks.corpus.stream import main

if __name__ == "__main__":
    main()
