#!/bin/sh
# Install revox-sync and what it needs into an environment of its own: install.sh FOLDER makes FOLDER/bin/revox-sync.
#
# revox-sync comes from the checkout this script is in, so the commit of that checkout says what is run. Everything else
# is one of the files whose hashes are in requirements.txt. PYTHON names the interpreter, 3.11 or newer.
set -eu
folder=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# Isolated (-I): no module of the repository under review is imported in place of one of Python's.
"${PYTHON:-python3}" -I -m venv "$folder"
pip() { "$folder/bin/python" -I -m pip "$@" --quiet --disable-pip-version-check; }
pip install --require-hashes --requirement "$here/requirements.txt"
# Built with the hatchling of requirements.txt: an isolated build would fetch one that nobody has hashed.
pip install --no-deps --no-index --no-build-isolation "${here%/*}"
