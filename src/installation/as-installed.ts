import type {CheckResult} from '../certificates/check.js';
import {toPem} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import type {PairBytes} from './pair-bytes.js';
import type {Target} from './target.js';

/**
 * A checked pair as it is installed: of a target with one file, both parts in that file, the certificate and its chain first; of one with a
 * file for the chain, the chain in that. Throws Problem `no-chain` when there is nothing to put there.
 */
export function asInstalled({host}: Target, {certificate, key, chain}: NonNullable<CheckResult['pair']>): PairBytes {
	if (host === undefined) {
		return {certificate, key};
	}

	if (!('combined' in host.files)) {
		return host.files.chain ? {...divided(chain), key} : {certificate, key};
	}

	const lineFeed = certificate.at(-1) === 0x0a ? '' : '\n';
	const both = Buffer.concat([certificate, Buffer.from(lineFeed), key]);
	return {certificate: both, key: both};
}

function divided([leaf, ...others]: Buffer[]): Pick<PairBytes, 'certificate' | 'chainFile'> {
	if (!leaf || others.length === 0) {
		throw new Problem(
			'no-chain',
			'The target has a file for the chain, but the new certificate comes without one.',
			'Append the certificates of the CA to the certificate file, the issuer first.',
		);
	}

	return {
		certificate: Buffer.from(toPem('CERTIFICATE', leaf)),
		chainFile: Buffer.from(others.map(der => toPem('CERTIFICATE', der)).join('')),
	};
}
