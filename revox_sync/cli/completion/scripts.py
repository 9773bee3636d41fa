"""What a shell has to run once to complete our command lines: it asks `revox-sync __complete` at each Tab.

The answer is a line that says of what kind the values are (`words`, `files`, `folders`), and a line for each value: the
value, a tab, and what it is.
"""

from __future__ import annotations

from typing import Final

# COMP_WORDS is cut at `=` and `:`, so the whole line is passed on. What stands before the last such sign is not part of
# the word that bash replaces; whoever answers leaves it out.
_BASH: Final = r"""_revox_sync() {
    local line kind= value
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then
            kind=$line
            continue
        fi
        value=${line%%$'\t'*}
        COMPREPLY+=("$value")
        [[ $value == *[=:/] ]] && compopt -o nospace
    done < <(command revox-sync __complete bash "$COMP_LINE" "$COMP_POINT" "$COMP_WORDBREAKS" 2>/dev/null)
    case $kind in
        files) compopt -o default ;;
        folders) compopt -o dirnames ;;
    esac
}
complete -F _revox_sync revox-sync
"""
_ZSH: Final = r"""#compdef revox-sync
_revox_sync() {
    local -a lines values shown
    local line value kind
    lines=("${(@f)$(command revox-sync __complete zsh "${(@Q)words[1,CURRENT]}" 2>/dev/null)}")
    kind=$lines[1]
    for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        values+=("$value")
        [[ $line == *$'\t' ]] && shown+=("$value") || shown+=("$value  -- ${line#*$'\t'}")
    done
    if (( $#values )); then
        if [[ $values[1] == *[=:/] && $#values -eq 1 ]]; then
            compadd -S '' -l -d shown -a values
        else
            compadd -l -d shown -a values
        fi
        return
    fi
    compset -P '*[=:]'
    case $kind in
        files) _files ;;
        folders) _files -/ ;;
    esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _revox_sync "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _revox_sync revox-sync
fi
"""
_FISH: Final = r"""function __revox_sync_complete
    set -l lines (command revox-sync __complete fish (commandline -opc) (commandline -ct) 2>/dev/null)
    switch $lines[1]
        case files
            __fish_complete_path (commandline -ct)
        case folders
            __fish_complete_directories (commandline -ct)
    end
    for line in $lines[2..-1]
        echo $line
    end
end
complete -c revox-sync -f -a '(__revox_sync_complete)'
"""
SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
"""By shell."""
