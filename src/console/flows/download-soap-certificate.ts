import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {readInstalled} from '../../installation/change.js';
import {zeroize} from '../../installation/pair-files.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {installedFiles} from '../../installation/target.js';
import {sanitise} from '../../sanitise.js';
import {curlExample} from '../client-examples.js';
import {chooseTarget} from './choose-target.js';
import {showCertificate} from './show-certificates.js';

/** 2-7: where to download the installed certificate, and how to verify it. */
export async function downloadSoapCertificate(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const {layout, identity, now} = session;
	const target = await chooseTarget(conversation, session);
	if (!target) {
		return;
	}

	const installed = await readInstalled(layout, target);
	zeroize(installed);
	const certificate = describeLeaf(installed.certificate, now());
	const {console: port} = identity.ports;
	showCertificate(conversation, certificate);
	if (target.host) {
		conversation.print(`It is in ${sanitise(installedFiles(layout, target).certificate)}.`);
		return conversation.pause();
	}

	conversation.print(
		[
			'Fetch the installed SOAPServer.crt in a browser from',
			`  https://${identity.name}:${port}/pub/SOAPServer.crt`,
			...curlExample(session, port, '/pub/SOAPServer.crt'),
			'and compare the SHA-256 fingerprint of the download with the one above:',
			'  openssl x509 -in SOAPServer.crt -noout -fingerprint -sha256',
		].join('\n'),
	);
	await conversation.pause();
}
