"""Where revox-sync lives: written from `[project.urls]` of pyproject.toml by `make docs`; do not edit."""

REPOSITORY = "https://github.com/OWNER/revox-sync"
DOCUMENTATION = "https://OWNER.github.io/revox-sync"
IS_PLACEHOLDER = "OWNER" in REPOSITORY  # nothing links there until there is a home
