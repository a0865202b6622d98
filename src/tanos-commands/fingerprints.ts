import {exitCodes} from '../exit-codes.js';
import {hostKeyFingerprints} from '../appliance/host-key.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';
import {installedCertificate} from './installed.js';

async function soap(context: Context): Promise<number> {
	assertNoArguments(context);
	const {json, print} = context;
	const {fingerprint, publicKeyFingerprint} = await installedCertificate(context);
	print(json ? JSON.stringify({sha256: fingerprint, publicKeySha256: publicKeyFingerprint}) : `SHA-256 ${fingerprint}`);
	return exitCodes.done;
}

async function ssh(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {layout},
		json,
		print,
	} = context;
	const keys = await hostKeyFingerprints(layout);
	print(...(json ? [JSON.stringify({keys})] : keys.map(({type, bits, sha256}) => `${bits} ${sha256} (${type})`)));
	return exitCodes.done;
}

export const fingerprintCommands: readonly Command[] = [
	{
		name: 'show fingerprint soap',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Show the fingerprint of the installed SOAP certificate',
		about: 'SHA-256 of the certificate, as openssl x509 -fingerprint -sha256 prints it.',
		parameters: '[json]',
		examples: ['show fingerprint soap'],
		menu: '2-7',
		roles: ['tanadmin'],
		looks: alwaysLooks,
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
		looks: alwaysLooks,
		run: ssh,
	},
];
