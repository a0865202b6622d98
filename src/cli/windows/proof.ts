// What can be seen from outside: which certificates a server presents on a new TLS connection.
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {describeCertificate, type CertificateDescription} from '../../certificates/describe/describe-certificate.js';
import {presentedChain} from '../../certificates/parse/presented-chain.js';
import {messageOf, Problem} from '../../problem.js';
import {presentedBy} from '../../services/probe.js';
import {describeInLine} from '../certificate/check.js';
import {labelOf, type Server} from './servers.js';

/** The TLS alerts with which a server ends a handshake without a client certificate: handshake_failure and certificate_required. */
const alerts = /SSL alert number (?:40|116)\b/;

/** The certificates that a server presents, its own first. Rejects with Problem `no-answer` or `client-certificate`. */
export async function presentedNow(server: Server): Promise<CertificateDescription[]> {
	try {
		const presented = await presentedBy({...server, servername: server.host});
		return presented.map(der => describeCertificate(der, new Date()));
	} catch (error) {
		if (error instanceof Problem && alerts.test(messageOf(error.cause))) {
			throw new Problem(
				'client-certificate',
				`${labelOf(server)} ends the TLS handshake, so what it presents cannot be read. It may demand a client certificate.`,
				`openssl s_client -showcerts -connect ${labelOf(server)} may show it.`,
				{cause: error},
			);
		}

		throw error;
	}
}

/** The certificates that a server with this file presents, its own first. */
export function chainToServe(file: UploadedFile): CertificateDescription[] {
	return file.state === 'read' ? presentedChain(file.bytes).map(der => describeCertificate(der, new Date())) : [];
}

/**
 * Proves over a new TLS connection that a server presents these certificates, its own first and none between them. Rejects with Problem
 * `not-served`, which says what it presents instead, or with `no-answer`.
 */
export async function verifyPresented(server: Server, expected: readonly CertificateDescription[], crt: string): Promise<void> {
	const presented = await presentedNow(server);
	const at = expected.findIndex(({fingerprint}, index) => presented[index]?.fingerprint !== fingerprint);
	if (at === 0) {
		throw new Problem(
			'not-served',
			`${labelOf(server)} presents another certificate. ${describe(presented[0])}`,
			`Expected: SHA-256 ${expected[0]!.fingerprint}. Check that the new files are in the installation folder, under the right names, `
				+ 'and that the service was stopped and started.',
		);
	}

	if (at > 0) {
		const instead = presented[at] === undefined ? '' : ` In its place: ${presented[at].subject}.`;
		throw new Problem(
			'not-served',
			`${labelOf(server)} presents the new certificate, but not its whole chain. Missing: ${expected[at]!.subject}.${instead}`,
			`Copy the whole file again: ${crt} holds the certificate followed by its chain. Then restart the service.`,
		);
	}
}

/** A certificate and its fingerprint, in two lines. */
export function describe(certificate: CertificateDescription | undefined): string {
	return certificate === undefined ? 'No certificate.' : `${describeInLine(certificate)}\nSHA-256 ${certificate.fingerprint}`;
}
