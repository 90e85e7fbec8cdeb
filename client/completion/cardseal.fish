# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of the cardseal command for fish.

complete -c cardseal -n __fish_use_subcommand -f -a list -d 'Show the keys on the tokens that are present'
complete -c cardseal -n __fish_use_subcommand -f -a status -d 'Show the daemon, its modules and their tokens'
complete -c cardseal -n __fish_use_subcommand -f -a sign -d 'Sign a MIME entity or a file'
complete -c cardseal -n __fish_use_subcommand -f -a verify -d 'Verify the signatures of a message'
complete -c cardseal -n __fish_use_subcommand -f -a encrypt -d 'Encrypt to certificates, and to oneself'
complete -c cardseal -n __fish_use_subcommand -f -a decrypt -d 'Decrypt a message'
complete -c cardseal -n __fish_use_subcommand -f -a certificates -d 'Certificates of other people'
complete -c cardseal -n __fish_use_subcommand -f -a open -d 'Open every layer of a message'
complete -c cardseal -n __fish_use_subcommand -f -a unlock -d 'Log in to a token'
complete -c cardseal -n __fish_use_subcommand -f -a doctor -d 'Look for what is wrong'
complete -c cardseal -n __fish_use_subcommand -f -a lock -d 'Log out of a token, or of all'
complete -c cardseal -n __fish_use_subcommand -f -a keygen -d 'Make a key on a token'
complete -c cardseal -n '__fish_seen_subcommand_from keygen' -x -l algorithm -d 'Kind of key' \
    -a 'rsa2048 rsa3072 rsa4096 p256 p384 p521 ed25519'
complete -c cardseal -n '__fish_seen_subcommand_from keygen' -x -l usage -a 'both sign decrypt'
complete -c cardseal -n '__fish_seen_subcommand_from keygen' -x -l label -d 'A name for it'
complete -c cardseal -n '__fish_seen_subcommand_from unlock lock keygen' -f \
    -a "(cardseal status 2>/dev/null | string replace -rf '^  token ' '')"
complete -c cardseal -n __fish_use_subcommand -f -l version -d 'Print the version'
complete -c cardseal -s h -l help -f -d 'Print help'
complete -c cardseal -n '__fish_seen_subcommand_from list status doctor verify open' -f -l json -d 'For programs'
complete -c cardseal -n '__fish_seen_subcommand_from sign encrypt decrypt open' -x -l key -d 'Key to use'
complete -c cardseal -n '__fish_seen_subcommand_from sign encrypt' -x -l format -a 'smime der pem'
complete -c cardseal -n '__fish_seen_subcommand_from sign' -f -l opaque -d 'Content inside the signature'
complete -c cardseal -n '__fish_seen_subcommand_from sign encrypt' -f -l message -d 'A whole mail'
complete -c cardseal -n '__fish_seen_subcommand_from sign encrypt' -f -l protect-headers -d 'Protect its header too'
complete -c cardseal -n '__fish_seen_subcommand_from sign' -f -l to-be-encrypted -d 'Encryption comes next'
complete -c cardseal -n '__fish_seen_subcommand_from sign' -x -l digest -a 'sha256 sha384 sha512'
complete -c cardseal -n '__fish_seen_subcommand_from sign' -x -l padding -a 'pkcs1 pss'
complete -c cardseal -n '__fish_seen_subcommand_from verify' -r -l content -d 'Content of a detached signature'
complete -c cardseal -n '__fish_seen_subcommand_from verify' -x -l from -d 'Whom the mail is from'
complete -c cardseal -n '__fish_seen_subcommand_from encrypt' -r -l to -d 'Recipient: a file or an address' \
    -a "(cardseal certificates list 2>/dev/null | string match -r '^[^ ].*@.*' | string split ', ')"
complete -c cardseal -n '__fish_seen_subcommand_from encrypt' -x -l profile -a 'compatible modern'
complete -c cardseal -n '__fish_seen_subcommand_from certificates' -f -a 'list import show remove'
complete -c cardseal -n '__fish_seen_subcommand_from certificates' -f -l json -d 'For programs'
complete -c cardseal -n '__fish_seen_subcommand_from verify open' -r -l trust -d 'Trust these certificates too'
complete -c cardseal -n '__fish_seen_subcommand_from verify' -x -l at -d 'Judge certificates at this time'
complete -c cardseal -n '__fish_seen_subcommand_from verify decrypt' -x -l part -d 'Part of a mail'
complete -c cardseal -n '__fish_seen_subcommand_from encrypt' -x -l cipher \
    -a 'aes-256-cbc aes-256-gcm aes-128-cbc aes-128-gcm chacha20-poly1305'
complete -c cardseal -n '__fish_seen_subcommand_from encrypt' -f -l oaep -d 'OAEP for RSA recipients'
complete -c cardseal -n '__fish_seen_subcommand_from sign verify encrypt decrypt open' -r -s o -l output -d 'Output file'
