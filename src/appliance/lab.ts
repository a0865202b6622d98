// The lab CA of a sandbox: made when it is first needed, so that a rehearsal needs no other CA.
import {X509Certificate} from 'node:crypto';
import {mkdir, mkdtemp, readFile, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {createFile, syncFolder} from './atomic-file.js';
import type {Layout} from './layout.js';
import {certificatesIn} from '../certificates/parse/pem.js';
import {ifPresent} from '../if-present.js';
import {makeLabAuthority, type LabAuthority} from '../certificates/issuance/lab-authority.js';
import {hasCode, Problem, messageOf} from '../problem.js';

const files = {root: 'root.crt', issuer: 'issuing.crt', key: 'issuing.key'} as const;

/** The lab CA of this appliance, its key for the caller to zero. Rejects with Problem `lab-unreadable`. */
export async function labAuthority(layout: Layout, now: Date): Promise<LabAuthority> {
	return (await load(layout)) ?? make(layout, now);
}

/** The file of the lab's root certificate, once there is a lab. */
export function labRoot({lab}: Layout): string {
	return path.join(lab, files.root);
}

/** The root of the lab CA, as DER, when that CA issued this certificate; undefined without a lab. Rejects with the system's error. */
export async function labRootOf(layout: Layout, certificate: Buffer): Promise<Buffer | undefined> {
	const file = await ifPresent(async () => readFile(labRoot(layout)));
	const root = file && certificatesIn(file)[0];
	if (!root) {
		return undefined;
	}

	const [issued, issuer] = [new X509Certificate(certificate), new X509Certificate(root)];
	return issued.checkIssued(issuer) && issued.verify(issuer.publicKey) ? root : undefined;
}

async function load(layout: Layout): Promise<LabAuthority | undefined> {
	const {lab} = layout;
	try {
		const [root, issuer, key] = await Promise.all([
			readFile(labRoot(layout), 'utf8'),
			readFile(path.join(lab, files.issuer), 'utf8'),
			readFile(path.join(lab, files.key)),
		]);
		return {root, issuer, key};
	} catch (error) {
		if (hasCode(error, 'ENOENT') && !(await exists(lab))) {
			return undefined;
		}

		throw new Problem(
			'lab-unreadable',
			`The lab CA in ${lab} cannot be read: ${messageOf(error)}`,
			'Remove that folder: the next request makes a new lab CA.',
			{cause: error},
		);
	}
}

async function exists(folder: string): Promise<boolean> {
	return stat(folder).then(
		() => true,
		() => false,
	);
}

/** Makes the CA in a temporary folder and renames it into place, so that of two made at once one wins. */
async function make(layout: Layout, now: Date): Promise<LabAuthority> {
	const made = await makeLabAuthority(now);
	await mkdir(layout.state, {recursive: true, mode: 0o700});
	const side = await mkdtemp(`${layout.lab}-`);
	try {
		await createFile(path.join(side, files.root), made.root, 0o644);
		await createFile(path.join(side, files.issuer), made.issuer, 0o644);
		await createFile(path.join(side, files.key), made.key, 0o600);
		await syncFolder(side);
		await rename(side, layout.lab);
		await syncFolder(layout.state);
		return made;
	} catch (error) {
		await rm(side, {recursive: true, force: true});
		const other = hasCode(error, 'ENOTEMPTY', 'EEXIST') ? await load(layout) : undefined;
		if (other === undefined) {
			throw error;
		}

		return other;
	}
}
