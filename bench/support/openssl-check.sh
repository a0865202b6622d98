#!/usr/bin/env bash
# What an administrator can check with openssl before a certificate and its key go into service:
#   openssl-check.sh CERTIFICATE KEY ROOTS SECONDS_SINCE_1970 HOST...
# Prints what is wrong, and exits with 1 if anything is.
set -uo pipefail
certificate=$1 key=$2 roots=$3 at=$4
shift 4
faults=0

fault() {
	echo "$1"
	faults=1
}

# The server's certificate is the first of the file.
openssl x509 -in "$certificate" -noout 2>/dev/null || fault 'the certificate cannot be read'

# A key without a passphrase, not even an empty one.
if grep -q ENCRYPTED "$key"; then
	fault 'the key is protected by a passphrase'
elif ! openssl pkey -in "$key" -passin pass: -noout 2>/dev/null; then
	fault 'the key cannot be read'
elif ! openssl pkey -in "$key" -passin pass: -check -noout >/dev/null 2>&1; then
	fault 'the numbers of the key are inconsistent'
fi

# RSA of at least 2048 bits, signed with SHA-256 or better, and not for issuing others.
text=$(openssl x509 -in "$certificate" -noout -text 2>/dev/null)
bits=$(sed -n 's/.*Public-Key: (\([0-9]*\) bit).*/\1/p' <<<"$text" | head -n 1)
grep -q 'Public Key Algorithm: rsaEncryption' <<<"$text" && [ "${bits:-0}" -ge 2048 ] || fault 'the key is not RSA of at least 2048 bits'
grep -Eq 'Signature Algorithm: sha(256|384|512)WithRSAEncryption' <<<"$text" || fault 'the signature is weak'
grep -q 'CA:TRUE' <<<"$text" && fault 'the certificate is that of a CA'

# They belong together.
of_certificate=$(openssl x509 -in "$certificate" -noout -pubkey 2>/dev/null)
of_key=$(openssl pkey -in "$key" -passin pass: -pubout 2>/dev/null)
[ -n "$of_key" ] && [ "$of_certificate" = "$of_key" ] || fault 'the key does not match the certificate'

# The chain verifies at that time, as a server for each host and as a client.
for host in "$@"; do
	openssl verify -x509_strict -attime "$at" -CAfile "$roots" -no-CApath -no-CAstore -untrusted "$certificate" \
		-purpose sslserver -verify_hostname "$host" "$certificate" >/dev/null 2>&1 || fault "it does not verify as the server $host"
done
openssl verify -x509_strict -attime "$at" -CAfile "$roots" -no-CApath -no-CAstore -untrusted "$certificate" \
	-purpose sslclient "$certificate" >/dev/null 2>&1 || fault 'it does not verify as a client'

exit $faults
