// Conversions: another form of what was uploaded, made on request only. The upload is not changed, and the result goes
// through the same check as any other pair.
import {once} from 'node:events';
import {Worker} from 'node:worker_threads';
import {inWords} from '../rules/certificate-words.js';
import type {Finding, FindingId, Role} from '../rules/finding.js';
import {readPemText, saysEncrypted, type Block} from '../parse/pem-text.js';
import {sanitise} from '../../sanitise.js';
import {isPrivateKeyFormat, detectFormat} from '../parse/detect-format.js';
import type {UploadedFile} from '../parse/uploaded-file.js';
import type {Answer} from './conversion-worker.js';
import type {Converted, ConversionInput, Source} from './convert.js';
import {repairText} from '../parse/repair-text.js';
import {isForeignConvertible} from '../rules/foreign-formats.js';
import {isRepairable} from '../rules/text-damage.js';
import {Problem, messageOf} from '../../problem.js';

/** Two files as they were found. */
export type UploadedPair = {certificate: UploadedFile; key: UploadedFile};

export type Conversion = {
	/** What would be done, a line each. */
	titles: string[];
	/** The files that a passphrase may protect. */
	locked: Role[];
};

/** The new pair, and which of the two files held its certificates and its key. */
export type ConvertedPair = UploadedPair & {from: Record<keyof UploadedPair, keyof UploadedPair>; done: string[]};

const fileOf: Record<Role, keyof UploadedPair> = {cert: 'certificate', key: 'key'};

/** Where a conversion runs. */
export type RunConversion = (input: ConversionInput) => Promise<Converted>;

/** How long a conversion may take, in milliseconds. */
const timeoutMs = 60_000;

/** What can be done about a finding. */
const fixes: Partial<Record<FindingId, string>> = {
	'cert-pkcs12': 'Take the certificates and the key out of the PKCS#12 bundle',
	'cert-pkcs7': 'Take the certificates out of the PKCS#7 bundle',
	'cert-der': 'Write the certificate in PEM',
	'key-der': 'Write the key in PEM',
	'cert-trusted-label': 'Write the certificate in the usual form',
	'cert-utf16': 'Write the certificate file in ASCII',
	'key-utf16': 'Write the key file in ASCII',
	'cert-escaped-newlines': 'Repair the line endings of the certificate file',
	'key-escaped-newlines': 'Repair the line endings of the key file',
	'cr-only-line-ends': 'Repair the line endings',
	indented: 'Take the indentation away',
	'chain-order': "Put the certificates in order, the server's first",
	'cert-has-key': 'Leave the private key out of the certificate file',
	'key-has-cert': 'Leave all but the private key out of the key file',
	'cert-is-key': 'Take the certificate from the key file and the key from the certificate file',
	'key-encrypted': 'Remove the passphrase from the key',
};

/** What can be done about these findings of these files; undefined when nothing can. */
export function conversionFor(pair: UploadedPair, findings: readonly Finding[]): Conversion | undefined {
	const titles = new Set(findings.flatMap(finding => titleFor(pair, finding) ?? []));
	if (titles.size === 0) {
		return undefined;
	}

	const [inCertificate, inKey] = [locksOf(pair.certificate), locksOf(pair.key)];
	const locked: Role[] = [
		...(inCertificate.isBundle || (inCertificate.hasLockedKey && !inKey.hasOpenKey) ? ['cert' as const] : []),
		...(inKey.isBundle || inKey.hasLockedKey ? ['key' as const] : []),
	];
	return {titles: [...titles], locked};
}

/** Which parts of a file may need a passphrase, by its content and not by its name. */
function locksOf(file: UploadedFile): {isBundle: boolean; hasLockedKey: boolean; hasOpenKey: boolean} {
	if (file.state !== 'read') {
		return {isBundle: false, hasLockedKey: false, hasOpenKey: false};
	}

	const format = file.bytes[0] === 0x30 ? detectFormat(file.bytes) : 'unknown';
	const keys = format === 'unknown' ? readPemText(repairText(file.bytes)).blocks.filter(({label}) => label.endsWith('PRIVATE KEY')) : [];
	const isLocked = (block: Block) => block.label === 'ENCRYPTED PRIVATE KEY' || saysEncrypted(block);
	return {
		isBundle: format === 'PKCS#12',
		hasLockedKey: format === 'encrypted PKCS#8' || keys.some(block => isLocked(block)),
		hasOpenKey: (isPrivateKeyFormat(format) && format !== 'encrypted PKCS#8') || keys.some(block => !isLocked(block)),
	};
}

/** Warnings are left as they are, except where certificates can be left out. */
function titleFor(pair: UploadedPair, finding: Finding): string | undefined {
	if (finding.certificates !== undefined) {
		return `Leave out ${inWords(finding.certificates)}`;
	}

	return finding.severity === 'error' ? titleForError(pair, finding) : undefined;
}

function titleForError(pair: UploadedPair, {id, file}: Finding): string | undefined {
	const damaged = /^(cert|key)-(?:parse|not-pem|truncated)$/.exec(id);
	if (damaged === null) {
		return fixes[id];
	}

	const role = damaged[1] as Role;
	if (role === 'key' && locksOf(pair.key).isBundle) {
		return 'Take the key out of the PKCS#12 bundle';
	}

	return titleForText(pair[fileOf[role]], role, file);
}

function titleForText(upload: UploadedFile, role: Role, file: string): string | undefined {
	if (upload.state !== 'read') {
		return undefined;
	}

	const text = readPemText(upload.bytes);
	if (text.joinedLine !== undefined && upload.bytes.includes('----------BEGIN')) {
		return `Put each BEGIN line of ${file} on a line of its own`;
	}

	if (isRepairable({role, name: upload.name, bytes: upload.bytes, text})) {
		return `Repair the text of ${file}`;
	}

	return text.blocks.length === 0 && isForeignConvertible(upload.bytes) ? `Write ${file} in PEM` : undefined;
}

/**
 * Converts the files that have findings about their format; the bytes of the others stay as they are. Resolves with the pair to
 * check next, its key for the caller to zero, and with what was done. Rejects with Problem `wrong-passphrase-cert`,
 * `wrong-passphrase-key`, `nothing-found`, `not-convertible`, `too-long` and those of opening what is locked. `run` is where it is done.
 */
export async function convertPair(
	pair: UploadedPair,
	findings: readonly Finding[],
	passphrases: Partial<Record<Role, string>>,
	run: RunConversion = convertInThread,
): Promise<ConvertedPair> {
	const source = (role: Role, file: UploadedFile): Source | undefined =>
		file.state === 'read'
			? {
					name: file.name,
					bytes: file.bytes,
					passphrase: passphrases[role] ?? '',
					keep: !hasMend(pair, findings, file),
					leaveOut: findings.flatMap(finding => (finding.file === sanitise(file.name) ? (finding.certificates ?? []) : [])),
				}
			: undefined;
	const [cert, key] = [source('cert', pair.certificate), source('key', pair.key)];
	const {certificate, key: freshKey, isKeyAlone, from, done} = await run({...(cert && {cert}), ...(key && {key})});
	return {
		certificate: certificate ? fresh(pair.certificate, certificate) : isKeyAlone ? missing(pair.certificate) : pair.certificate,
		key: freshKey ? fresh(pair.key, freshKey) : pair.key,
		from: {certificate: fileOf[from.certificate], key: fileOf[from.key]},
		done,
	};
}

function hasMend(pair: UploadedPair, findings: readonly Finding[], file: UploadedFile): boolean {
	return findings.some(finding => finding.file === sanitise(file.name) && titleFor(pair, finding) !== undefined);
}

function missing({name}: UploadedFile): UploadedFile {
	return {name, state: 'missing', others: []};
}

function fresh({name}: UploadedFile, bytes: Uint8Array): UploadedFile {
	return {name, state: 'read', bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), links: 1, mode: 0o600};
}

/** How much a conversion may hold in memory, in MiB. */
const roomInThread = 256;

/** Converts in a thread of its own. Rejects with Problem, among others `too-long` and `not-convertible`. */
export async function convertInThread(input: ConversionInput): Promise<Converted> {
	const worker = new Worker(new URL('conversion-worker.js', import.meta.url), {
		workerData: input,
		resourceLimits: {maxOldGenerationSizeMb: roomInThread},
	});
	worker.unref();
	try {
		const [answer] = (await once(worker, 'message', {signal: AbortSignal.timeout(timeoutMs)})) as [Answer];
		if ('problem' in answer) {
			throw new Problem(answer.problem.code, answer.problem.message, answer.problem.hint);
		}

		return answer.converted;
	} catch (error) {
		throw error instanceof Problem ? error : notConverted(error);
	} finally {
		void worker.terminate(); // Not awaited: a call into OpenSSL cannot be interrupted, and its time is bounded.
	}
}

function notConverted(error: unknown): Problem {
	return error instanceof Error && error.name === 'AbortError'
		? new Problem('too-long', `The conversion took more than ${timeoutMs / 1000} seconds.`, 'Convert the file where it was made.', {
				cause: error,
			})
		: new Problem('not-convertible', `The conversion failed: ${messageOf(error)}`, 'Convert the file where it was made.', {cause: error});
}
