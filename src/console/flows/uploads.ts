import path from 'node:path';
import {certificateName, keyName} from '../../appliance/layout.js';
import {forgetUpload, readUpload} from '../../appliance/uploads.js';
import {sanitise} from '../../certificates/sanitise.js';
import type {UploadedFile} from '../../certificates/uploaded-file.js';
import type {Conversation} from '../conversation.js';
import type {Visit} from '../world.js';

/** The two files in /incoming, as they were found. */
export type Uploads = {certificate: UploadedFile; key: UploadedFile};

/** Reads both files. Whoever asks forgets the key when it is done with it. */
export async function readUploads({layout}: Visit): Promise<Uploads> {
	return {
		certificate: await readUpload(path.join(layout.incoming, certificateName)),
		key: await readUpload(path.join(layout.incoming, keyName)),
	};
}

/** Says whether both files are there, and else how to upload them. */
export async function sayWhatIsThere(talk: Conversation, visit: Visit): Promise<void> {
	const uploads = await readUploads(visit);
	forgetUpload(uploads.key);
	const missing = [uploads.certificate, uploads.key].filter(({state}) => state === 'missing').map(({name}) => name);
	if (missing.length === 0) {
		talk.say('/incoming holds SOAPServer.crt and SOAPServer.key.');
		return;
	}

	talk.say(`/incoming lacks ${missing.join(' and ')}. ${othersInWords(uploads)}`.trim(), 'warning');
	sayHowToUpload(talk, visit);
}

function othersInWords({certificate}: Uploads): string {
	const others = certificate.state === 'missing' ? certificate.others.filter(name => name !== keyName) : [];
	return others.length === 0 ? '' : `It holds: ${others.slice(0, 5).map(name => sanitise(name)).join(', ')}.`;
}

/** Says how, with this appliance's own host, port and user. */
export function sayHowToUpload(talk: Conversation, {identity}: Visit): void {
	talk.say([
		'Upload both by SFTP as the user tancopy, for example from this machine:',
		`  sftp -P ${identity.ports.ssh} tancopy@127.0.0.1`,
		'  sftp> put SOAPServer.crt /incoming/',
		'  sftp> put SOAPServer.key /incoming/',
		`Host ${identity.name}, port ${identity.ports.ssh}, user tancopy, folder /incoming. Then delete other copies of the key.`,
	].join('\n'));
}
