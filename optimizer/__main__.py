"""`python -m optimizer` is the command `mine2magnet`."""

from optimizer.cli.main import main

if __name__ == "__main__":
    main()
