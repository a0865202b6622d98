import {readFile} from 'node:fs/promises';
import {describeCertificate, type CertificateDescription} from '../certificates/describe/describe-certificate.js';
import {certificatesIn} from '../certificates/parse/pem.js';
import {Problem} from '../problem.js';
import type {Context} from './command.js';

/** The installed certificate in words. Rejects with Problem `no-certificate`, `damaged-certificate` or what the PEM reader says. */
export async function installedCertificate({session: {layout, now}}: Context): Promise<CertificateDescription> {
	const [leaf] = certificatesIn(await readFile(layout.soapCertificate));
	if (leaf === undefined) {
		throw new Problem('no-certificate', `${layout.soapCertificate} holds no certificate.`, 'Install one: 2-4');
	}

	return describeCertificate(leaf, now());
}
