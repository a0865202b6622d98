// 2-C-3: a lab CA signs a request, so that the whole procedure can be tried without a real CA.
import path from 'node:path';
import {replaceFile} from '../../appliance/atomic-file.js';
import {assertAuditable, audit, auditChange} from '../../appliance/audit.js';
import {certificateName} from '../../appliance/layout.js';
import {labAuthority} from '../../appliance/lab.js';
import {leaveInOutgoing} from '../../appliance/outgoing.js';
import {savedRequests, type SavedRequest} from '../../appliance/requests.js';
import {readUpload} from '../../appliance/uploads.js';
import {checkRequest} from '../../certificates/check-request.js';
import {describeLeaf} from '../../certificates/describe/describe-certificate.js';
import {signRequest} from '../../certificates/issuance/lab-authority.js';
import {readRequest, describeRequest} from '../../certificates/parse/request-file.js';
import type {FindingDraft} from '../../certificates/rules/finding.js';
import {Problem} from '../../problem.js';
import type {Conversation} from '../conversation.js';
import type {ConsoleSession} from '../environment.js';
import {printFindingList} from './print-findings.js';
import {showCertificate} from './show-certificates.js';
import {chooseRequest} from './manage-requests.js';
import {readIncoming} from './read-incoming.js';

type Candidate = Pick<SavedRequest, 'id' | 'words' | 'request'>;

const uploadedName = 'SOAPServer.csr';
const rootName = 'tanos-lab-root.crt';
const days = 365;

export async function signInLab(conversation: Conversation, session: ConsoleSession): Promise<void> {
	conversation.print(
		'LAB ONLY. Certificates of this CA are for testing: the CA was created in this sandbox and signs any '
			+ 'request. No production system should trust it.',
		'warning',
	);
	const requests = await candidates(conversation, session);
	if (requests.length === 0) {
		conversation.print(`There is no request. Create one (2-C-1), or upload your own to /incoming as ${uploadedName}.`);
		return conversation.pause();
	}

	const request = await chooseRequest(conversation, requests);
	if (request) {
		await sign(conversation, session, request);
		await conversation.pause();
	}
}

async function candidates(conversation: Conversation, session: ConsoleSession): Promise<Candidate[]> {
	const upload = await readIncoming(session, uploadedName);
	return [...(await savedRequests(session.layout)), ...(upload.state === 'read' ? uploadedRequest(conversation, upload.bytes) : [])];
}

/** An uploaded request that cannot be read does not hide the saved ones. */
function uploadedRequest(conversation: Conversation, request: Buffer): Candidate[] {
	try {
		return [{id: uploadedName, words: describeRequest(readRequest(request)), request}];
	} catch (error) {
		if (!(error instanceof Problem)) {
			throw error;
		}

		conversation.print(`/incoming/${uploadedName}: ${error.message}`, 'warning');
		return [];
	}
}

async function sign(conversation: Conversation, session: ConsoleSession, {id, request}: Candidate): Promise<void> {
	const {layout, user, now} = session;
	await assertAuditable(layout); // The lab CA is made when it is first needed.
	const parsed = readRequest(request);
	const asRequired = await offerToAdd(conversation, await checkRequest(parsed, {hosts: [session.identity.name], at: now()}));
	const {certificate, root} = await conversation.step('Sign the request with the lab CA', async () => {
		const authority = await labAuthority(layout, now());
		try {
			return {certificate: signRequest(parsed, authority, {days, from: now(), asRequired}), root: authority.root};
		} finally {
			authority.key.fill(0);
		}
	});
	const words = describeLeaf(Buffer.from(certificate), now());
	await audit(layout, {event: 'lab-certificate-issued', user: user.name, request: id, certificate: words.fingerprint});
	const names = [
		await leaveInOutgoing(layout, `${id.replace(/\.csr$/, '')}-lab.crt`, certificate),
		await leaveInOutgoing(layout, rootName, root),
	] as const;
	showCertificate(conversation, words);
	conversation.print(
		`/outgoing contains ${names[0]}, which includes the issuing CA's certificate, and ${names[1]}, the root `
			+ 'certificate for clients that are to trust it:\n'
			+ `  curl --cacert ${names[1]} https://${session.identity.name}:${session.identity.ports.console}/`,
	);
	await offerUpload(conversation, session, certificate);
}

/** Says what a certificate with just what was asked for would lack. Resolves with whether it is to be added. */
async function offerToAdd(conversation: Conversation, findings: readonly FindingDraft[]): Promise<boolean> {
	if (findings.length === 0) {
		return false;
	}

	conversation.print('A certificate that has what this request asks for, and nothing else, has these findings:', 'heading');
	printFindingList(conversation, findings);
	return (
		findings.some(({severity}) => severity === 'error')
		&& conversation.confirm('Add what is missing? A real CA signs what is asked, or what its template says.', 'yes')
	);
}

/** Offers to copy the certificate to /incoming, without a download and an upload by SFTP. */
async function offerUpload(conversation: Conversation, {layout, user}: ConsoleSession, certificate: string): Promise<void> {
	const file = path.join(layout.incoming, certificateName);
	const {state} = await readUpload(file);
	if (state === 'not-file') {
		conversation.print(`/incoming/${certificateName} is not a regular file. The certificate cannot be copied there.`, 'warning');
		return;
	}

	const replacing = state === 'missing' ? '' : ', replacing the existing file';
	if (await conversation.confirm(`Also copy it to /incoming as ${certificateName}${replacing}?`, 'yes')) {
		const event = {event: 'lab-certificate-uploaded', user: user.name, file: certificateName};
		await auditChange(layout, event, async () => replaceFile(file, certificate, 0o644));
		conversation.print(`/incoming/${certificateName} is ready for 2-4, Install Custom SOAP Cert.`, 'good');
	}
}
