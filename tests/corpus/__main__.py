"""`python -m tests.corpus`."""

from tests.corpus.stream import main

if __name__ == "__main__":
    main()
