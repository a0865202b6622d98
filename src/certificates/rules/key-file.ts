// The key file: the one private key it must hold. The key's bytes stay in Buffers; the copies made here are zeroed.
import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto';
import {tryParse} from '../parse/parse-error.js';
import {fileError, fileFindings} from './file-rules.js';
import {intoNewFile, refuse, shellWord, type FindingDraft} from './finding.js';
import {
	encrypted,
	foreignKey,
	hasMore,
	keyLabels,
	labelFinding,
	opensshKey,
	unexpectedInKeyFile,
	unreadable,
	withoutKey,
} from './key-file-findings.js';
import {decodeBlock, lastLine, readPemText, saysEncrypted, textOfBlock, type Block} from '../parse/pem-text.js';
import {quoted, sanitise} from '../../sanitise.js';
import {isPrivateKeyFormat, refuseTrailingBytes, detectFormat, type FileFormat} from '../parse/detect-format.js';
import {formError, formFindings} from './text-format-rules.js';
import type {UploadedFile} from '../parse/uploaded-file.js';

export type PrivateKey = {
	privateKey: KeyObject;
	publicKey: KeyObject;
	/** Its format in the file. */
	format: FileFormat;
};

export type KeyFile = {findings: FindingDraft[]; key?: PrivateKey};

/** Reads the file and its findings. Never throws because of the file's content. */
export function readKeyFile(file: UploadedFile): KeyFile {
	const fault = fileError('key', file);
	if (file.state !== 'read' || fault !== undefined) {
		return {findings: fault === undefined ? [] : [fault]};
	}

	const {name, bytes} = file;
	const read = {role: 'key', name, bytes, text: readPemText(bytes)} as const;
	const {blocks} = read.text;
	const form = blocks.length === 0 ? binaryErrors(name, bytes) : [];
	const textual = form.length === 0 ? formError(read) : undefined;
	if (form.length > 0 || textual !== undefined) {
		return {findings: [...form, ...(textual === undefined ? [] : [textual]), ...fileFindings('key', file)]};
	}

	const findings = [...formFindings(read), ...fileFindings('key', file)];
	const found = readBlocks(name, bytes, blocks);
	return {...found, findings: [...found.findings, ...findings]};
}

function readBlocks(name: string, bytes: Buffer, blocks: Block[]): KeyFile {
	const keys = blocks.filter(({label}) => label.endsWith('PRIVATE KEY'));
	const others = blocks.filter(block => !keys.includes(block) && block.label !== 'EC PARAMETERS');
	const [block] = keys;
	if (block === undefined) {
		return {findings: [withoutKey(name, blocks)]};
	}

	if (keys.length > 1) {
		return {
			findings: [
				refuse(
					'key-multiple',
					`${sanitise(name)} holds ${keys.length} private keys; it must hold exactly one.`,
					'Upload the one key that was made with the request of this certificate.',
				),
			],
		};
	}

	const read = readKey(name, bytes, block, blocks);
	const mixed = others.length === 0 ? [] : [hasMore(name, others)];
	return {...read, findings: [...mixed, ...read.findings]};
}

function readKey(name: string, bytes: Buffer, block: Block, blocks: Block[]): KeyFile {
	const foreign = block.label === 'OPENSSH PRIVATE KEY' ? opensshKey(name) : foreignKey(name, block.label);
	if (foreign !== undefined) {
		return {findings: [foreign]};
	}

	if (!block.ended) {
		return {
			findings: [
				refuse('key-truncated', `The private key has no END line after line ${lastLine(block)}.`, 'The file was cut off; upload it again.'),
			],
		};
	}

	if (saysEncrypted(block)) {
		return {findings: [encrypted(name, textOfBlock(block))]};
	}

	const number = blocks.length > 1 ? `Block ${blocks.indexOf(block) + 1}, ` : 'The block ';
	let result: KeyFile = {findings: []};
	const damage = tryParse(() => {
		const decoded = decodeBlock(block);
		try {
			result = judge(name, blocks.length > 1 ? block : bytes, block.label, decoded);
		} finally {
			decoded.fill(0);
		}
	});
	return damage === undefined ? result : {findings: [unreadable(`${number}${quoted(block.label)} is damaged: ${damage}.`)]};
}

function judge(name: string, pem: Buffer | Block, label: string, decoded: Buffer): KeyFile {
	const format = detectFormat(decoded);
	if (format === 'encrypted PKCS#8') {
		return {findings: [encrypted(name, decoded)]};
	}

	const unexpectedContent = unexpectedInKeyFile(format, name, decoded);
	if (unexpectedContent !== undefined) {
		return {findings: [unexpectedContent]};
	}

	refuseTrailingBytes(decoded);
	const key = load(pem, format);
	const disagrees = keyLabels[label] !== format && isPrivateKeyFormat(format);
	const findings = disagrees ? [labelFinding(name, label, format, key !== undefined)] : [];
	if (key === undefined) {
		return {findings: disagrees ? findings : [unreadable('OpenSSL cannot load the private key.')]};
	}

	return {key, findings};
}

/** Loads the file itself, or one block where the file holds others too. */
function load(pem: Buffer | Block, format: FileFormat): PrivateKey | undefined {
	const key = Buffer.isBuffer(pem) ? pem : textOfBlock(pem);
	try {
		const privateKey = createPrivateKey({key, format: 'pem'});
		return {privateKey, publicKey: createPublicKey(privateKey), format};
	} catch {
		return undefined; // OpenSSL's message ("unsupported") does not help.
	} finally {
		if (key !== pem) {
			key.fill(0);
		}
	}
}

/** Binary data that is known, although it is not PEM. */
function binaryErrors(name: string, bytes: Buffer): FindingDraft[] {
	const format = bytes[0] === 0x30 ? detectFormat(bytes) : 'unknown';
	const unexpectedContent = unexpectedInKeyFile(format, name, bytes);
	if (unexpectedContent !== undefined) {
		return [unexpectedContent];
	}

	if (!isPrivateKeyFormat(format)) {
		return [];
	}

	const binary = refuse(
		'key-der',
		`${sanitise(name)} is in binary form (DER, ${format}); PEM is required.`,
		`Convert it: ${intoNewFile(`openssl pkey -inform DER -in ${shellWord(name)}`, `${name}.pem`)}`,
	);
	return format === 'encrypted PKCS#8' ? [encrypted(name, bytes, {binary: true}), binary] : [binary];
}
