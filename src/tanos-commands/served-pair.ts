import type {CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {certificateRows} from '../certificates/describe/rows.js';
import {installedFault} from '../installation/pair-fault.js';
import type {Target} from '../installation/target.js';
import {presentedFingerprint} from '../services/probe.js';
import type {Context} from './command.js';

/** What a status says of an installed pair: as rows, as fields, and whether it can be loaded and is served just now. */
export type ServedPair = {rows: Array<readonly [string, string]>; fields: object; isGood: boolean};

/** Compares the installed pair, whose certificate this is, with what its server presents over TLS. */
export async function servedPair({session}: Context, target: Target, certificate: CertificateDescription): Promise<ServedPair> {
	const {layout, identity} = session;
	const served = await presentedFingerprint(target.endpoints(identity)[0]!);
	const isServed = served === certificate.fingerprint;
	const fault = await installedFault(layout, target);
	return {
		rows: [
			...certificateRows(certificate),
			['Key', fault ?? 'belongs to this certificate'],
			['Served', isServed ? 'yes, this certificate' : served === undefined ? 'no, nothing answers' : `no, another one: ${served}`],
		],
		fields: {certificate, served: served ?? null, isServed, keyMatches: fault === undefined},
		isGood: isServed && fault === undefined,
	};
}
