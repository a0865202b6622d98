import {signatureAlgorithm} from './algorithms.js';
import {isAuthority, type Certificate} from './certificate.js';
import {isNamedIssuer} from './chain.js';
import {refuse, type Remark} from './finding.js';
import {listed} from './sanitise.js';
import {inUtc} from './time.js';

/** Whether a certificate may issue the one below it; `below` is the number of authorities between it and the server's. */
export function issuerRemarks(issuer: Certificate, below: number, at: Date, subject: string): Remark[] {
	return [...fitness(issuer, below, subject), ...validity(issuer, at, subject), ...algorithm(issuer, subject)];
}

function fitness(issuer: Certificate, below: number, subject: string): Remark[] {
	const fault = unfitness(issuer, below);
	return fault === undefined
		? []
		: [refuse(
			'chain-not-ca',
			`In the chain, ${subject} is used as an issuer but ${fault}.`,
			'Ask the CA for the chain that belongs to this certificate.',
		)];
}

function unfitness(issuer: Certificate, below: number): string | undefined {
	const {keyUsage, extendedKeyUsage, basicConstraints} = issuer;
	if (!isAuthority(issuer)) {
		return 'does not say CA:TRUE';
	}

	if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
		return `may not sign certificates (it has: ${listed(keyUsage)})`;
	}

	const forServers = ['serverAuth', 'anyExtendedKeyUsage'];
	if (extendedKeyUsage !== undefined && !extendedKeyUsage.some(purpose => forServers.includes(purpose))) {
		return `may not issue certificates for servers (it has: ${listed(extendedKeyUsage)})`;
	}

	const limit = basicConstraints?.pathLength ?? Number.POSITIVE_INFINITY;
	return below > limit ? `allows ${limit} authorities below it, and there are ${below}` : undefined;
}

function validity({notBefore, notAfter}: Certificate, at: Date, subject: string): Remark[] {
	const fault = at > notAfter ? `expired on ${inUtc(notAfter)}` : `is not valid before ${inUtc(notBefore)}`;
	return at >= notBefore && at <= notAfter
		? []
		: [refuse(
			'chain-expired',
			`In the chain, ${subject} ${fault}. The clock here says ${inUtc(at)}.`,
			'Ask the CA for its current chain.',
		)];
}

/** A root is trusted for being there; its signature proves nothing. */
function algorithm(issuer: Certificate, subject: string): Remark[] {
	const {words, strength} = signatureAlgorithm(issuer.signatureOid);
	return strength !== 'weak' || isNamedIssuer(issuer, issuer)
		? []
		: [refuse(
			'signature-algorithm',
			`In the chain, ${subject} is signed with ${words}; SHA-256 is required.`,
			'Ask the CA for a chain that is signed with SHA-256.',
		)];
}
