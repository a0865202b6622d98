import {leafInWords} from '../../certificates/describe.js';
import {readInstalled} from '../../installation/change.js';
import {wipe} from '../../installation/pair-files.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {showCertificate} from './certificate-words.js';

/** 2-7: where the installed certificate can be fetched, and how to tell that it is the right one. */
export async function downloadSoapCertificate(talk: Conversation, {layout, identity, now}: Visit): Promise<void> {
	const installed = await readInstalled(layout);
	wipe(installed);
	const certificate = leafInWords(installed.certificate, now());
	const {console: port} = identity.ports;
	showCertificate(talk, certificate);
	talk.say([
		'Fetch the installed SOAPServer.crt in a browser from',
		`  https://${identity.name}:${port}/pub/SOAPServer.crt`,
		'or on this machine with',
		`  curl -k -o SOAPServer.crt https://localhost:${port}/pub/SOAPServer.crt`,
		'and compare the SHA-256 fingerprint of what arrived with the one above:',
		'  openssl x509 -in SOAPServer.crt -noout -fingerprint -sha256',
	].join('\n'));
	await talk.pause();
}
