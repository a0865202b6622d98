import {createPrivateKey, X509Certificate} from 'node:crypto';
import {createSecureContext} from 'node:tls';
import {messageOf} from '../problem.js';
import type {Layout} from '../appliance/layout.js';
import {readInstalled} from './change.js';
import type {PairBytes} from './pair-bytes.js';
import {soap, type Target} from './target.js';

/** Why a TLS server could not be started with this pair, as a sentence; undefined when it could. */
export function pairFault({certificate, key}: PairBytes): string | undefined {
	try {
		if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
			return 'The key does not belong to the certificate.';
		}

		createSecureContext({cert: certificate, key});
		return undefined;
	} catch (error) {
		return `The pair cannot be loaded: ${messageOf(error)}.`;
	}
}

/** The same for the installed pair, by default the Tanium Server's. Rejects with Problem `no-installed-pair`. */
export async function installedFault(layout: Layout, target: Target = soap): Promise<string | undefined> {
	const pair = await readInstalled(layout, target);
	const fault = pairFault(pair);
	pair.key.fill(0);
	return fault;
}
