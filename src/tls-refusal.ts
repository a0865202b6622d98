// Why one server does not reach or accept another: a code for programs, and words for people.

/** `clock`: not valid yet by the clock of the side that judges, or judged otherwise by the clock of another appliance. */
export type Reason =
	| 'no-listener'
	| 'no-answer'
	| 'no-certificate'
	| 'unknown-certificate'
	| 'refused-by-peer'
	| 'other-certificate'
	| 'expired'
	| 'clock'
	| 'name-mismatch'
	| 'untrusted-issuer'
	| 'wrong-purpose'
	| 'not-registered';

/** `result` is for display: a few words without a full stop. */
export type Refusal = {reason: Reason; result: string};

/** By the names that OpenSSL gives to what its verification found (X509_verify_cert_error_string(3)), and Node to its check of names. */
const found = new Map<string, Reason>([
	['CERT_HAS_EXPIRED', 'expired'],
	['CERT_NOT_YET_VALID', 'clock'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'name-mismatch'],
	['CERT_SIGNATURE_FAILURE', 'untrusted-issuer'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted-issuer'],
	['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted-issuer'],
	['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'untrusted-issuer'],
	['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'untrusted-issuer'],
	['UNABLE_TO_GET_ISSUER_CERT', 'untrusted-issuer'],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted-issuer'],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted-issuer'],
]);

/** What the verification of a peer's certificate found; undefined for any other error. */
export function findingIn(error: unknown): Reason | undefined {
	return error instanceof Error && 'code' in error ? found.get(String(error.code)) : undefined;
}
