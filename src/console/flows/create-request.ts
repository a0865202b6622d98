// 2-C-1: creates a key and a request. The request is copied to /outgoing; the key never leaves the appliance.
import {readFile} from 'node:fs/promises';
import {readArray} from '../../appliance/array.js';
import {assertAuditable, auditOrKeep} from '../../appliance/audit.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {saveRequest, type SavedRequest} from '../../appliance/requests.js';
import {hasServer} from '../../appliance/roles.js';
import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {makeRequest} from '../../certificates/issuance/request.js';
import {subjectOf, type Subject, type SubjectFields} from '../../certificates/issuance/subject.js';
import {requestRows} from '../../certificates/describe/rows.js';
import {Problem} from '../../problem.js';
import {printProblem, type Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {forExample, sftpExample} from '../client-examples.js';
import {installedFiles, soap, type Target} from '../../installation/target.js';
import {chooseTarget} from './choose-target.js';
import {showRows} from './show-certificates.js';

const prompts: ReadonlyArray<[keyof SubjectFields, string]> = [
	['organization', 'Organization (O), or Enter for none:'],
	['organizationalUnit', 'Organizational unit (OU), or Enter for none:'],
	['locality', 'Locality (L), or Enter for none:'],
	['state', 'State or province (ST), or Enter for none:'],
	['country', 'Country (C), two letters, or Enter for none:'],
];

export async function createRequest(conversation: Conversation, session: ConsoleSession): Promise<void> {
	const target = await chooseTarget(conversation, session);
	if (!target) {
		return;
	}

	conversation.print(
		`Creates an RSA 2048 key and a certificate signing request (CSR) with the attributes that the ${target.server} `
			+ `needs. The key never leaves this ${placeOf(target)}, and the installed pair is not changed.`,
	);
	const subject = await askSubject(conversation, session, target);
	const request = await conversation.step('Create the key and the request', async () => makeSavedRequest(session, subject));
	showRows(conversation, requestRows(request.words));
	conversation.print(`The request and its key are saved on the ${placeOf(target)}. 2-C-2 copies the request to /outgoing again.`);
	await printNextSteps(conversation, session, await leaveInOutgoing(session.layout, `${request.id}.csr`, request.request));
	await conversation.pause();
}

/** What holds the pair of this target. */
function placeOf({host}: Target): string {
	return host ? 'host' : 'appliance';
}

async function askSubject(conversation: Conversation, session: ConsoleSession, target: Target): Promise<Subject> {
	const wanted = await wantedNames(session, target);
	const all = wanted.map(({name}) => name);
	const asked = await askUntilGood(
		conversation,
		`Host names or IP addresses, separated by commas, or Enter for ${all.join(', ')}:`,
		answer => subjectOf(answer === '' ? all : answer.split(',').filter(name => name.trim() !== '')).names,
	);
	const hostnames = await addMissing(conversation, target.names(session.identity), asked, wanted);
	if (!(await conversation.confirm('Add your organization and location to the subject?', 'yes'))) {
		return subjectOf(hostnames);
	}

	let subject = subjectOf(hostnames);
	const fields: SubjectFields = {};
	for (const [field, prompt] of prompts) {
		subject = await askUntilGood(conversation, prompt, answer => subjectOf(hostnames, Object.assign(fields, {[field]: answer})));
	}

	return subject;
}

/** A name that a new certificate should have, and why. */
export type WantedName = {name: string; why: string};

/** The names that the target needs, those of the other Tanium Servers of an array, and those of the installed certificate. */
export async function wantedNames(session: ConsoleSession, target: Target = soap): Promise<WantedName[]> {
	const why = target.host ? `a name of the ${target.server}` : 'the name of this appliance';
	const own = target.names(session.identity).map(name => ({name, why}));
	const all = [...own, ...(await othersInArray(session)), ...(await installedNames(session, target))];
	return all.filter(({name}, index) => all.findIndex(one => one.name === name) === index);
}

async function othersInArray({layout}: ConsoleSession): Promise<WantedName[]> {
	const members = (await readArray(layout))?.members ?? [];
	const servers = members.filter(({role}) => hasServer(role, 'Tanium Server'));
	return servers.map(({name}) => ({name, why: 'a Tanium Server of the array'}));
}

async function installedNames({layout, now}: ConsoleSession, target: Target): Promise<WantedName[]> {
	try {
		const {names} = describeLeaf(await readFile(installedFiles(layout, target).certificate), now());
		return subjectOf(names).names.map(name => ({name, why: 'in the installed certificate'}));
	} catch {
		return []; // The installed certificate cannot be read, or names no host.
	}
}

/** Says which wanted names were left out; undefined when none was. */
export function missingNames(
	names: readonly string[],
	wanted: readonly WantedName[],
): {missing: readonly WantedName[]; words: string} | undefined {
	const missing = wanted.filter(({name}) => !names.includes(name));
	const described = missing.map(({name, why}) => `${name} (${why})`);
	return missing.length === 0 ? undefined : {missing, words: `The request lacks ${described.join(', ')}.`};
}

/** A certificate without a needed name can never be installed, and clients use the names of the installed one. */
async function addMissing(
	conversation: Conversation,
	needed: readonly string[],
	names: readonly string[],
	wanted: readonly WantedName[],
): Promise<string[]> {
	const lacking = missingNames(names, wanted);
	if (!lacking) {
		return [...names];
	}

	const missing = lacking.missing.map(({name}) => name);
	const lost = missing.filter(name => needed.includes(name));
	const never = lost.length > 0 ? ` A certificate without ${lost.join(', ')} cannot be installed here.` : '';
	conversation.print(lacking.words + never, 'warning');
	return (await conversation.confirm('Add?', 'yes')) ? [...names, ...missing] : [...names];
}

/** Asks until the answer is valid. Earlier answers are kept. */
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

/** Creates a key and a request, saves both on the appliance, and records that in the audit log. */
export async function makeSavedRequest({layout, user, now}: ConsoleSession, subject: Subject): Promise<SavedRequest> {
	await assertAuditable(layout);
	const made = await makeRequest(subject, {days: 1, from: now()}); // Its self-signed certificate is not used.
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

/** Prints how to get the request to the CA, and what to do with the certificate that it issues. */
export async function printNextSteps(conversation: Conversation, session: ConsoleSession, file: string): Promise<void> {
	const {manager} = (await readArray(session.layout)) ?? {};
	const where = manager === session.identity.name ? '2-4, or D-5 for all Tanium Servers of the array' : '2-4';
	conversation.print(
		[
			`The request is in /outgoing. Fetch it, ${forExample(session)}:`,
			...sftpExample(session, `get /outgoing/${file}`),
			'Submit it to your CA. Upload the issued certificate to /incoming as SOAPServer.crt, without a key, then '
				+ `open ${where}: the matching key is found automatically.${session.targets ? '' : ' To try this without a CA: 2-C-3.'}`,
		].join('\n'),
	);
}
