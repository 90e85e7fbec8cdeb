# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of Cardseal's commands for fish: the commands themselves say what may come next.

function __cardseal_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string replace -ra '[\\\\"\']' '')
    for line in ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$typed")
        else
            printf '%s\n' $line
        end
    end
end

for command in cardseal cardseal-sendmail cardseal-mutt
    complete -c $command -f -a '(__cardseal_complete)'
end
complete -c cardseald -a "(cardseald --help | string replace -rf '^  (--[a-z]+)( [A-Z]+)? +' '\$1'\t)"
