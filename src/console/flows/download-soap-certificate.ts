import {readFile} from 'node:fs/promises';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';
import {leafInWords, showCertificate} from './certificate-words.js';

/** 2-7: where the installed certificate can be fetched, and how to tell that it is the right one. */
export async function downloadSoapCertificate(talk: Conversation, {layout, identity, now}: Visit): Promise<void> {
	const certificate = leafInWords(await readFile(layout.soapCertificate), now());
	talk.say('Fetch the installed SOAPServer.crt in a browser from');
	talk.say(`  https://${identity.name}:${identity.ports.console}/pub/SOAPServer.crt`, 'heading');
	talk.say(`or, on this machine, with\n  curl -k -o SOAPServer.crt https://localhost:${identity.ports.console}/pub/SOAPServer.crt\nand compare its SHA-256 fingerprint:\n  openssl x509 -in SOAPServer.crt -noout -fingerprint -sha256`);
	showCertificate(talk, certificate);
	await talk.pause();
}
