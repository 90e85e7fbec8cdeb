# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of the cardseal command for bash.

_cardseal_addresses() {
    cardseal certificates list 2>/dev/null | sed -n 's/, /\n/g; /^[^ ].*@/p'
}

_cardseal_tokens() {
    cardseal status 2>/dev/null | sed -n 's/^  token //p'
}

_cardseal() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=""
    local command=${COMP_WORDS[1]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "list status sign verify encrypt decrypt open certificates unlock lock pin keygen request import-certificate doctor gpgme monitor --help --version" \
            -- "$word")
        return
    fi
    case $before in
        --format) words="smime der pem" ;;
        --digest) words="sha256 sha384 sha512" ;;
        --algorithm) words="rsa2048 rsa3072 rsa4096 p256 p384 p521 ed25519" ;;
        --usage) [ "$command" = request ] && words="both sign encrypt" || words="both sign decrypt" ;;
        --padding) words="pkcs1 pss" ;;
        --profile) words="compatible modern" ;;
        --cipher) words="aes-256-cbc aes-256-gcm aes-128-cbc aes-128-gcm chacha20-poly1305" ;;
        --key | --at | --from | --part | --label | --email | --name) return ;;
        --to)
            mapfile -t COMPREPLY < <(compgen -W "$(_cardseal_addresses)" -- "$word"; compgen -f -- "$word")
            return
            ;;
        -o | --output | --trust | --content)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            return
            ;;
    esac
    if [ "$command" = certificates ]; then
        case $COMP_CWORD,${COMP_WORDS[2]} in
            2,*) words="list import show remove" ;;
            *,list | *,show) words="$(_cardseal_addresses) --json" ;;
            *,remove) return ;;
        esac
    elif [[ $command == unlock || $command == lock ]]; then
        words="$(_cardseal_tokens) --help"
    elif [ "$command" = gpgme ]; then
        [ "$COMP_CWORD" -eq 2 ] && words="enable disable status"
    elif [[ $command == keygen && -z $words ]]; then
        words="$(_cardseal_tokens) --algorithm --usage --label --help"
    elif [ -z "$words" ] && [[ $word == -* ]]; then
        case $command in
            list | status | doctor | monitor) words="--json --help" ;;
            sign) words="--key --format --opaque --digest --padding --message --protect-headers --to-be-encrypted --output --help" ;;
            verify) words="--content --trust --from --at --part --json --output --help" ;;
            encrypt) words="--to --profile --format --cipher --oaep --message --protect-headers --key --output --help" ;;
            request) words="--email --name --usage --format --output --help" ;;
            import-certificate) words="--label --help" ;;
            decrypt) words="--key --part --output --help" ;;
            open) words="--key --trust --json --output --help" ;;
        esac
    fi
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _cardseal cardseal
