import {readFile} from 'node:fs/promises';
import type {Layout} from './layout.js';
import {expiryOf, type Expiry} from '../certificates/describe/expiry.js';

/** When the installed certificate ends; undefined when there is none that can be read. */
export async function installedExpiry({soapCertificate}: Layout, at: Date): Promise<Expiry | undefined> {
	try {
		return expiryOf(await readFile(soapCertificate), at);
	} catch {
		return undefined;
	}
}
