// 2-C-1: a key and a request, made in the appliance. The request leaves by /outgoing, and the key stays.
import {assertAuditable, auditOrKeep} from '../../appliance/audit.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {saveRequest, type SavedRequest} from '../../appliance/requests.js';
import {makeRequest} from '../../certificates/issuance/request.js';
import {subjectOf, type Subject, type SubjectFields} from '../../certificates/issuance/subject.js';
import {requestRows} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import {printProblem, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {showRows} from './show-certificates.js';

const prompts: ReadonlyArray<[keyof SubjectFields, string]> = [
	['organization', 'Organization (O), or Enter for none:'],
	['organizationalUnit', 'Organizational unit (OU), or Enter for none:'],
	['locality', 'Locality (L), or Enter for none:'],
	['state', 'State or province (ST), or Enter for none:'],
	['country', 'Country (C), two letters, or Enter for none:'],
];

export async function createRequest(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print(
		'Makes an RSA 2048 key and a certificate signing request (CSR) with the attributes that the Tanium '
			+ 'Server needs. The key stays in this appliance and never travels; the installed pair is not touched.',
	);
	const subject = await askSubject(conversation, session);
	const request = await conversation.step('Make the key and the request', async () => makeSavedRequest(session, subject));
	showRows(conversation, requestRows(request.words));
	conversation.print('The request and its key are kept in the appliance: 2-C-2 copies the request to /outgoing again.');
	printNextSteps(conversation, session, await leaveInOutgoing(session.layout, `${request.id}.csr`, request.request));
	await conversation.pause();
}

async function askSubject(conversation: Conversation, {identity}: ConsoleSession): Promise<Subject> {
	const hostnames = await askUntilGood(conversation, `Host names or IP addresses, with commas, or Enter for ${identity.name}:`, answer => {
		const names = answer === '' ? [identity.name] : answer.split(',').filter(name => name.trim() !== '');
		subjectOf(names);
		return names;
	});
	if (!(await conversation.confirm('Add your organization and place to the subject?', 'yes'))) {
		return subjectOf(hostnames);
	}

	let subject = subjectOf(hostnames);
	const fields: SubjectFields = {};
	for (const [field, prompt] of prompts) {
		subject = await askUntilGood(conversation, prompt, answer => subjectOf(hostnames, Object.assign(fields, {[field]: answer})));
	}

	return subject;
}

/** Asks one thing until it can be asked of a CA; what was said before stays said. */
async function askUntilGood<Good>(conversation: Conversation, prompt: string, read: (answer: string) => Good): Promise<Good> {
	for (;;) {
		const answer = await conversation.ask(prompt);
		try {
			return read(answer);
		} catch (error) {
			if (!(error instanceof Problem)) {
				throw error;
			}

			printProblem(conversation, error);
		}
	}
}

/** Makes a key and a request, keeps both in the appliance, and writes that down; the console and the command line do it alike. */
export async function makeSavedRequest({layout, user, now}: ConsoleSession, subject: Subject): Promise<SavedRequest> {
	await assertAuditable(layout);
	const made = await makeRequest(subject, {days: 1, from: now()}); // Its self-signed certificate is not wanted here.
	try {
		const request = await saveRequest(layout, subject.names[0]!, made, now());
		await auditOrKeep(layout, {
			event: 'request-made',
			user: user.name,
			request: request.id,
			names: subject.names,
			publicKey: request.words.publicKeyFingerprint,
		});
		return request;
	} finally {
		made.key.fill(0);
	}
}

/** Says how the request gets to the CA, and what is to be done with what comes back. */
export function printNextSteps(conversation: Conversation, {identity}: ConsoleSession, file: string): void {
	conversation.print(
		[
			'The request is in /outgoing. Fetch it, for example from this machine:',
			`  sftp -P ${identity.ports.ssh} tancopy@127.0.0.1`,
			`  sftp> get /outgoing/${file}`,
			'Submit it to your CA. Upload what comes back to /incoming as SOAPServer.crt, without a key, then '
				+ '2-4: the key that fits is found by itself. To rehearse without a CA: 2-C-3.',
		].join('\n'),
	);
}
