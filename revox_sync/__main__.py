"""`python -m revox_sync` is `revox-sync`."""

from revox_sync.cli.main import entry

if __name__ == "__main__":
    entry()
