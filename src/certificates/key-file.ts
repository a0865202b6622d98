// The key file: the one private key it must hold. The key's bytes stay in Buffers; the copies made here are zeroed.
import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto';
import {damageIn} from './damage.js';
import {fileFault, fileRemarks} from './file-faults.js';
import {refuse, shellWord, type Remark} from './finding.js';
import {encrypted, hasMore, keyLabels, labelRemark, strangerInKeyFile, unreadable, withoutKey} from './key-file-remarks.js';
import {decodeBlock, lastLine, readPemText, saysEncrypted, textOfBlock, type Block} from './pem-text.js';
import {quoted, sanitise} from './sanitise.js';
import {isPrivateShape, refuseTrailingBytes, shapeOf, type Shape} from './shapes.js';
import {formFault, formRemarks} from './text-forms.js';
import type {UploadedFile} from './uploaded-file.js';

export type PrivateKey = {
	privateKey: KeyObject;
	publicKey: KeyObject;
	/** How the file writes it. */
	format: Shape;
};

export type KeyFile = {remarks: Remark[]; key?: PrivateKey};

/** Reads the file with everything it says about itself. Never throws for what a file holds. */
export function readKeyFile(file: UploadedFile): KeyFile {
	const fault = fileFault('key', file);
	if (file.state !== 'read' || fault !== undefined) {
		return {remarks: fault === undefined ? [] : [fault]};
	}

	const {name, bytes} = file;
	const read = {role: 'key', name, bytes, text: readPemText(bytes)} as const;
	const {blocks} = read.text;
	const form = blocks.length === 0 ? binaryFaults(name, bytes) : [];
	const textual = form.length === 0 ? formFault(read) : undefined;
	if (form.length > 0 || textual !== undefined) {
		return {remarks: [...form, ...(textual === undefined ? [] : [textual]), ...fileRemarks('key', file)]};
	}

	const remarks = [...formRemarks(read), ...fileRemarks('key', file)];
	const found = readBlocks(name, bytes, blocks);
	return {...found, remarks: [...found.remarks, ...remarks]};
}

function readBlocks(name: string, bytes: Buffer, blocks: Block[]): KeyFile {
	const keys = blocks.filter(({label}) => /PRIVATE KEY$/.test(label));
	const others = blocks.filter(block => !keys.includes(block) && block.label !== 'EC PARAMETERS');
	const [block] = keys;
	if (block === undefined) {
		return {remarks: [withoutKey(name, blocks)]};
	}

	if (keys.length > 1) {
		return {remarks: [refuse(
			'key-multiple',
			`${sanitise(name)} holds ${keys.length} private keys; it must hold exactly one.`,
			'Upload the one key that was made with the request of this certificate.',
		)]};
	}

	const read = readKey(name, bytes, block, blocks);
	const mixed = others.length === 0 ? [] : [hasMore(name, others)];
	return {...read, remarks: [...mixed, ...read.remarks]};
}

function readKey(name: string, bytes: Buffer, block: Block, blocks: Block[]): KeyFile {
	if (block.label === 'OPENSSH PRIVATE KEY') {
		return {remarks: [refuse(
			'key-openssh',
			`${sanitise(name)} is in OpenSSH's own format.`,
			`Convert it in place: ssh-keygen -p -m PEM -N '' -f ${shellWord(name)}`,
		)]};
	}

	if (!block.ended) {
		return {remarks: [refuse(
			'key-truncated',
			`The private key has no END line after line ${lastLine(block)}.`,
			'The file was cut off; upload it again.',
		)]};
	}

	if (saysEncrypted(block)) {
		return {remarks: [encrypted(name)]};
	}

	const number = blocks.length > 1 ? `Block ${blocks.indexOf(block) + 1}, ` : 'The block ';
	let result: KeyFile = {remarks: []};
	const damage = damageIn(() => {
		const decoded = decodeBlock(block);
		try {
			result = judge(name, blocks.length > 1 ? block : bytes, block.label, decoded);
		} finally {
			decoded.fill(0);
		}
	});
	return damage === undefined ? result : {remarks: [unreadable(`${number}${quoted(block.label)} is damaged: ${damage}.`)]};
}

function judge(name: string, pem: Buffer | Block, label: string, decoded: Buffer): KeyFile {
	const shape = shapeOf(decoded);
	if (shape === 'encrypted PKCS#8') {
		return {remarks: [encrypted(name)]};
	}

	const stranger = strangerInKeyFile(shape, name);
	if (stranger !== undefined) {
		return {remarks: [stranger]};
	}

	refuseTrailingBytes(decoded);
	const key = load(pem, shape);
	const disagrees = keyLabels[label] !== shape && isPrivateShape(shape);
	const remarks = disagrees ? [labelRemark(name, label, shape, key !== undefined)] : [];
	if (key === undefined) {
		return {remarks: disagrees ? remarks : [unreadable('OpenSSL cannot load the private key.')]};
	}

	return {key, remarks};
}

/** Loads the file itself, or one block where the file holds others too. */
function load(pem: Buffer | Block, format: Shape): PrivateKey | undefined {
	const key = Buffer.isBuffer(pem) ? pem : textOfBlock(pem);
	try {
		const privateKey = createPrivateKey({key, format: 'pem'});
		return {privateKey, publicKey: createPublicKey(privateKey), format};
	} catch {
		return undefined; // OpenSSL's words ("unsupported") help nobody.
	} finally {
		if (key !== pem) {
			key.fill(0);
		}
	}
}

/** Binary data that is known, although it is not PEM. */
function binaryFaults(name: string, bytes: Buffer): Remark[] {
	const shape = bytes[0] === 0x30 ? shapeOf(bytes) : 'unknown';
	const word = shellWord(name);
	const stranger = strangerInKeyFile(shape, name);
	if (stranger !== undefined) {
		return [stranger];
	}

	if (!isPrivateShape(shape)) {
		return [];
	}

	const binary = refuse(
		'key-der',
		`${sanitise(name)} is in binary form (DER, ${shape}); PEM is required.`,
		`Convert it: openssl pkey -inform DER -in ${word} -out ${shellWord(`${name}.pem`)}`,
	);
	return shape === 'encrypted PKCS#8' ? [encrypted(name), binary] : [binary];
}
