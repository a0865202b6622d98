// Conversions: another form of what was uploaded, on request only. What was uploaded stays as it was, and the result goes through
// the same check as any other pair.
import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import type {Finding, FindingId, Role} from '../finding.js';
import {readPemText} from '../pem-text.js';
import {shapeOf} from '../shapes.js';
import type {UploadedFile} from '../uploaded-file.js';
import type {Answer} from './conversion-worker.js';
import type {ConversionInput, Source} from './convert.js';
import {Problem} from '../../problem.js';

/** Two files as they were found. */
export type PairOfFiles = {certificate: UploadedFile; key: UploadedFile};

export type Conversion = {
	/** What would be done, a line each. */
	titles: string[];
	/** The files that a passphrase may protect. */
	locked: Role[];
};

/** How long a conversion may take, in milliseconds. */
const patience = 60_000;

/** What can be done about a finding. */
const mends: Partial<Record<FindingId, string>> = {
	'cert-pkcs12': 'Take the certificates and the key out of the PKCS#12 bundle',
	'cert-pkcs7': 'Take the certificates out of the PKCS#7 bundle',
	'cert-der': 'Write the certificate in PEM',
	'key-der': 'Write the key in PEM',
	'cert-trusted-label': 'Write the certificate in the usual form',
	'cert-utf16': 'Write the certificate file in ASCII',
	'key-utf16': 'Write the key file in ASCII',
	'cert-escaped-newlines': 'Mend the line ends of the certificate file',
	'key-escaped-newlines': 'Mend the line ends of the key file',
	'cr-only-line-ends': 'Mend the line ends',
	indented: 'Take the indentation away',
	'chain-order': 'Put the certificates in order, the server\'s first',
	'cert-has-key': 'Leave the private key out of the certificate file',
	'key-has-cert': 'Leave all but the private key out of the key file',
	'cert-is-key': 'Take the certificate from the key file and the key from the certificate file',
	'key-encrypted': 'Remove the passphrase from the key',
};

/** What can be done about these findings of these files; undefined when nothing can. */
export function conversionFor(pair: PairOfFiles, findings: readonly Finding[]): Conversion | undefined {
	const errors = findings.filter(({severity}) => severity === 'error');
	const titles = new Set(errors.flatMap(finding => titleFor(pair, finding) ?? []));
	if (titles.size === 0) {
		return undefined;
	}

	const locked: Role[] = [
		...(isBundle(pair.certificate) ? ['cert' as const] : []),
		...(isBundle(pair.key) || errors.some(({id}) => id === 'key-encrypted') ? ['key' as const] : []),
	];
	return {titles: [...titles], locked};
}

function titleFor(pair: PairOfFiles, {id, file}: Finding): string | undefined {
	if (id === 'cert-parse' || id === 'key-parse') {
		return isJoined(id === 'cert-parse' ? pair.certificate : pair.key) ? `Put each BEGIN line of ${file} on a line of its own` : undefined;
	}

	return id === 'key-not-pem' && isBundle(pair.key) ? 'Take the key out of the PKCS#12 bundle' : mends[id];
}

function isBundle(file: UploadedFile): boolean {
	return file.state === 'read' && file.bytes[0] === 0x30 && shapeOf(file.bytes) === 'PKCS#12';
}

function isJoined(file: UploadedFile): boolean {
	return file.state === 'read' && readPemText(file.bytes).joinedLine !== undefined;
}

/**
 * Converts what the findings complain of, and leaves the bytes of a file alone whose form is good. Resolves with the pair to
 * check next, its key for the caller to forget, and with what was done. Rejects with Problem `wrong-passphrase-cert`,
 * `wrong-passphrase-key`, `nothing-found`, `not-convertible`, `too-long` and those of opening what is locked.
 */
export async function convertPair(
	pair: PairOfFiles, findings: readonly Finding[], passphrases: Partial<Record<Role, string>>,
): Promise<PairOfFiles & {done: string[]}> {
	const source = (role: Role, file: UploadedFile): Source | undefined => file.state === 'read' ? {
		name: file.name, bytes: file.bytes, passphrase: passphrases[role] ?? '', keep: !hasMend(pair, findings, file),
	} : undefined;
	const [cert, key] = [source('cert', pair.certificate), source('key', pair.key)];
	const {certificate, key: freshKey, done} = await inThread({...(cert && {cert}), ...(key && {key})});
	return {
		certificate: certificate ? fresh(pair.certificate, certificate) : pair.certificate,
		key: freshKey ? fresh(pair.key, freshKey) : pair.key,
		done,
	};
}

function hasMend(pair: PairOfFiles, findings: readonly Finding[], file: UploadedFile): boolean {
	return findings.some(finding => finding.severity === 'error' && finding.file === file.name && titleFor(pair, finding) !== undefined);
}

function fresh({name}: UploadedFile, bytes: Uint8Array): UploadedFile {
	return {name, state: 'read', bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), links: 1, mode: 0o600};
}

async function inThread(input: ConversionInput) {
	const worker = new Worker(new URL('conversion-worker.js', import.meta.url), {workerData: input});
	try {
		const [answer] = await once(worker, 'message', {signal: AbortSignal.timeout(patience)}) as [Answer];
		if ('problem' in answer) {
			throw new Problem(answer.problem.code, answer.problem.message, answer.problem.hint);
		}

		return answer.converted;
	} catch (error) {
		throw error instanceof Error && error.name === 'AbortError'
			? new Problem('too-long', `The conversion took more than ${patience / 1000} seconds.`, 'Convert the file where it was made.', {cause: error})
			: error;
	} finally {
		await worker.terminate();
	}
}
