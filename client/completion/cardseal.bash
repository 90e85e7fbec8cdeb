# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of Cardseal's commands for bash: the commands themselves say what may come next.

_cardseal() {
    local line=${COMP_LINE:0:COMP_POINT} replaced=${2//[\\\"\']/} words=() files=() index quote='' typed prefix candidate text
    # bash splits words at ':', '=' and '@' too; these are whole, without quotes.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        [[ $index -eq 0 || $line == [[:space:]]* ]] && words+=('')
        line=${line#"${line%%[![:space:]]*}"}
        if ((index == COMP_CWORD)); then words[-1]+=$line; else words[-1]+=${COMP_WORDS[index]}; fi
        line=${line#"${COMP_WORDS[index]}"}
    done
    [[ ${words[-1]} == [\"\']* ]] && quote=yes
    words=("${words[@]//[\\\"\']/}")
    typed=${words[-1]}
    prefix=${typed%"$replaced"}

    COMPREPLY=()
    while IFS=$'\t' read -r candidate text; do
        if [[ $candidate == :files ]]; then
            mapfile -t files < <(compgen -f -- "${typed#--*=}")
        elif [[ $candidate == "$typed"* ]]; then
            candidate=${candidate#"$prefix"}
            [[ $quote ]] || printf -v candidate %q "$candidate"
            COMPREPLY+=("$candidate")
        fi
    done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
    # bash quotes and marks all of them as names of files, or none.
    if [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        compopt -o filenames
        COMPREPLY=("${files[@]}")
    elif [[ ${#files[@]} -gt 0 ]]; then
        printf -v files[0] '%q\n' "${files[@]}"
        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY <<<"${files[0]%$'\n'}"
    fi
}

_cardseald() {
    local word=${COMP_WORDS[COMP_CWORD]}
    case ${COMP_WORDS[COMP_CWORD - 1]} in
        --config) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        --libexecdir) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$(cardseald --help | sed -n 's/^  \(--[a-z]*\).*/\1/p')" -- "$word") ;;
    esac
}

complete -F _cardseal cardseal cardseal-sendmail cardseal-mutt
complete -o filenames -F _cardseald cardseald
