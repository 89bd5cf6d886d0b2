"""`python -m optimizer` is the command `mine2magnet`."""

from optimizer.cli import main

if __name__ == "__main__":
    main()
