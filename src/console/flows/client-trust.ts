// After an installation: which CA certificate browsers and API clients need, as the document says under "Certificates from a CA".
import {readFile} from 'node:fs/promises';
import {auditOrKeep} from '../../appliance/audit.js';
import {labRootOf} from '../../appliance/lab.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {describeCertificate} from '../../certificates/describe/describe-certificate.js';
import {certificatesIn, toPem} from '../../certificates/parse/pem.js';
import {topOfPath} from '../../certificates/parse/top-of-path.js';
import {messageOf} from '../../problem.js';
import {userOf, type ConsoleSession} from '../environment.js';

/**
 * Copies the root of the installed certificate to /outgoing when the file holds it. Resolves with the sentences that say what clients
 * need, and with the document's call of the API. Never rejects: the pair is installed.
 */
export async function clientTrust(session: ConsoleSession): Promise<string[]> {
	try {
		return await rootForClients(session);
	} catch (error) {
		return [`The CA certificate was not copied to /outgoing: ${messageOf(error)}`];
	}
}

async function rootForClients(session: ConsoleSession): Promise<string[]> {
	const {layout, identity, now} = session;
	const file = await readFile(layout.soapCertificate);
	const {der} = topOfPath(file) ?? {der: certificatesIn(file)[0]!};
	const top = describeCertificate(der, now());
	// A file that the lab CA signs does not hold its root.
	const root = top.selfSigned ? der : await labRootOf(layout, der);
	if (!root) {
		return [`Browsers and API clients must trust the CA that issued it, ${top.issuer}. Its certificate is not in the file.`];
	}

	const name = await leaveInOutgoing(layout, `${identity.name}-ca.crt`, toPem('CERTIFICATE', root));
	await auditOrKeep(layout, {event: 'ca-certificate-copied', ...userOf(session), file: name});
	return [
		`Browsers and API clients must trust ${describeCertificate(root, now()).subject}, whose certificate is in /outgoing: ${name}`,
		`  curl -s --cacert ${name} -X POST --data-binary @sign-in.json https://${identity.name}:${identity.ports.console}/api/v2/session/login`,
	];
}
