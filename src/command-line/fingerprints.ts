import {readFile} from 'node:fs/promises';
import {hostKeyFingerprints} from '../appliance/host-key.js';
import {describeCertificate} from '../certificates/describe.js';
import {certificatesIn} from '../certificates/pem.js';
import {Problem} from '../problem.js';
import {codes, mustBeBare, type Command, type Context} from './command.js';

async function soap(context: Context): Promise<number> {
	mustBeBare(context);
	const {visit: {layout, now}, json, print} = context;
	const [leaf] = certificatesIn(await readFile(layout.soapCertificate));
	if (leaf === undefined) {
		throw new Problem('no-certificate', `${layout.soapCertificate} holds no certificate.`, 'Install one: 2-4');
	}

	const {fingerprint, publicKeyFingerprint} = describeCertificate(leaf, now());
	print(json ? JSON.stringify({sha256: fingerprint, publicKeySha256: publicKeyFingerprint}) : `SHA-256 ${fingerprint}`);
	return codes.done;
}

async function ssh(context: Context): Promise<number> {
	mustBeBare(context);
	const {visit: {layout}, json, print} = context;
	const keys = await hostKeyFingerprints(layout);
	print(...(json ? [JSON.stringify({keys})] : keys.map(({type, bits, sha256}) => `${bits} ${sha256} (${type})`)));
	return codes.done;
}

export const fingerprintCommands: readonly Command[] = [
	{
		name: 'show fingerprint soap',
		group: 'Tanium Platform',
		purpose: 'Show the fingerprint of the installed SOAP certificate',
		about: 'SHA-256 of the certificate, as openssl x509 -fingerprint -sha256 prints it.',
		parameters: '[json]',
		examples: ['show fingerprint soap'],
		menu: '2-7',
		roles: ['tanadmin'],
		run: soap,
	},
	{
		name: 'show ssh-host-fingerprints',
		group: 'TanOS Management',
		purpose: 'Show the fingerprints of the SSH host keys',
		about: 'To compare with what an SSH or SFTP client shows at its first connection.',
		parameters: '[json]',
		examples: ['show ssh-host-fingerprints'],
		menu: 'A-A-4',
		roles: ['tanadmin'],
		run: ssh,
	},
];
