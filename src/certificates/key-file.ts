// The key file: the one private key it must hold. The key's bytes stay in Buffers; the copies made here are zeroed.
import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto';
import {damageIn} from './damage.js';
import {fileFault, fileRemarks} from './file-faults.js';
import {refuse, shellWord, warn, type Remark} from './finding.js';
import {decodeBlock, lastLine, readPemText, saysEncrypted, type Block} from './pem-text.js';
import {listed, quoted, sanitise} from './sanitise.js';
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

const keyLabels: Record<string, Shape> = {
	'PRIVATE KEY': 'PKCS#8', 'RSA PRIVATE KEY': 'PKCS#1', 'EC PRIVATE KEY': 'SEC1', 'DSA PRIVATE KEY': 'DSA',
};

function readBlocks(name: string, bytes: Buffer, blocks: Block[]): KeyFile {
	const keys = blocks.filter(({label}) => /PRIVATE KEY$/.test(label));
	const others = blocks.filter(block => !keys.includes(block) && block.label !== 'EC PARAMETERS');
	const [block] = keys;
	if (block === undefined) {
		return {remarks: [withoutKey(name, blocks)]};
	}

	if (keys.length > 1) {
		return {remarks: [refuse('key-multiple', `${sanitise(name)} holds ${keys.length} private keys; it must hold exactly one.`, 'Upload the one key that was made with the request of this certificate.')]};
	}

	const read = readKey(name, bytes, block, blocks);
	const mixed = others.length === 0 ? [] : [hasMore(name, others)];
	return {...read, remarks: [...mixed, ...read.remarks]};
}

function readKey(name: string, bytes: Buffer, block: Block, blocks: Block[]): KeyFile {
	if (block.label === 'OPENSSH PRIVATE KEY') {
		return {remarks: [refuse('key-openssh', `${sanitise(name)} is in OpenSSH's own format.`, `Convert it in place: ssh-keygen -p -m PEM -N '' -f ${shellWord(name)}`)]};
	}

	if (!block.ended) {
		return {remarks: [refuse('key-truncated', `The private key has no END line after line ${lastLine(block)}.`, 'The file was cut off; upload it again.')]};
	}

	if (saysEncrypted(block)) {
		return {remarks: [encrypted(name)]};
	}

	const where = blocks.length > 1 ? `Block ${blocks.indexOf(block) + 1} (${sanitise(block.label)})` : `The block ${quoted(block.label)}`;
	let result: KeyFile = {remarks: []};
	const damage = damageIn(() => {
		const decoded = decodeBlock(block);
		try {
			result = judge(name, blocks.length > 1 ? block : bytes, block.label, decoded);
		} finally {
			decoded.fill(0);
		}
	});
	return damage === undefined ? result : {remarks: [unreadable(`${where} is damaged: ${damage}.`)]};
}

function judge(name: string, pem: Buffer | Block, label: string, decoded: Buffer): KeyFile {
	const shape = shapeOf(decoded);
	if (shape === 'encrypted PKCS#8') {
		return {remarks: [encrypted(name)]};
	}

	const stranger = strangerFault(shape, name);
	if (stranger !== undefined) {
		return {remarks: [stranger]};
	}

	refuseTrailingBytes(decoded);
	const key = load(pem, shape);
	const expected = keyLabels[label];
	const disagrees = expected !== shape && isPrivateShape(shape);
	if (key === undefined) {
		return {remarks: [disagrees ? unloadableLabel(name, label, shape) : unreadable('OpenSSL cannot load the private key.')]};
	}

	const remark = warn('key-label', `${mislabelled(label, shape)} OpenSSL loads it; other programs may not.`, `Write it anew: openssl pkey -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`);
	return {key, remarks: disagrees ? [remark] : []};
}

/** Loads the file itself, or one block where the file holds others too. */
function load(pem: Buffer | Block, format: Shape): PrivateKey | undefined {
	const key = Buffer.isBuffer(pem) ? pem : pemOf(pem);
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

/** The text of one block alone, for a file that also holds others. */
function pemOf(block: Block): Buffer {
	const lines = [Buffer.from(`-----BEGIN ${block.label}-----`), ...block.body.map(({bytes}) => bytes), Buffer.from(`-----END ${block.label}-----`)];
	return Buffer.concat(lines.flatMap(line => [line, Buffer.from('\n')]));
}

/** Binary data that is known, although it is not PEM. */
function binaryFaults(name: string, bytes: Buffer): Remark[] {
	const shape = bytes[0] === 0x30 ? shapeOf(bytes) : 'unknown';
	const word = shellWord(name);
	const stranger = strangerFault(shape, name);
	if (stranger !== undefined) {
		return [stranger];
	}

	if (!isPrivateShape(shape)) {
		return [];
	}

	const binary = refuse('key-der', `${sanitise(name)} is in binary form (DER, ${shape}); PEM is required.`, `Convert it: openssl pkey -inform DER -in ${word} -out ${shellWord(`${name}.pem`)}`);
	return shape === 'encrypted PKCS#8' ? [encrypted(name), binary] : [binary];
}

function strangerFault(shape: Shape, name: string): Remark | undefined {
	const upload = 'Upload the private key that was made with the request of this certificate.';
	switch (shape) {
		case 'certificate': {
			return refuse('key-is-cert', `${sanitise(name)} holds a certificate and no private key. Were the two files swapped, or is it the same file twice?`, upload);
		}

		case 'request': {
			return refuse('key-is-csr', `${sanitise(name)} holds a certificate signing request and no private key.`, upload);
		}

		case 'public key': {
			return refuse('key-is-public', `${sanitise(name)} holds the public key.`, upload);
		}

		case 'revocation list':
		case 'PKCS#7':
		case 'PKCS#12': {
			return refuse('key-not-pem', `${sanitise(name)} holds a ${shape}, not a private key in PEM form.`, shape === 'PKCS#12' ? `Take the key out: openssl pkcs12 -in ${shellWord(name)} -nocerts -nodes -out ${shellWord(`${name}.pem`)}` : upload);
		}

		default: {
			return undefined;
		}
	}
}

const otherLabels: ReadonlyArray<[RegExp, Shape]> = [
	[/CERTIFICATE$/, 'certificate'], [/CERTIFICATE REQUEST$/, 'request'], [/PUBLIC KEY$/, 'public key'], [/CRL$/, 'revocation list'],
	[/^(PKCS ?#?7.*|CMS)$/, 'PKCS#7'], [/^PKCS ?#?12$/, 'PKCS#12'],
];

function withoutKey(name: string, blocks: Block[]): Remark {
	const shapes = blocks.map(({label}) => otherLabels.find(([pattern]) => pattern.test(label))?.[1]);
	const shape = shapes.find(found => found !== undefined);
	const fault = shape && strangerFault(shape, name);
	return fault ?? refuse('key-not-pem', `${sanitise(name)} holds no private key, but: ${listed(blocks.map(({label}) => label))}.`, 'Upload the private key in PEM form.');
}

function hasMore(name: string, others: Block[]): Remark {
	return refuse('key-has-cert', `${sanitise(name)} holds more than the private key: ${listed(others.map(({label}) => label))}.`, 'The key file must hold exactly one private key and nothing else. Put certificates into the certificate file.');
}

function encrypted(name: string): Remark {
	return refuse('key-encrypted', `${sanitise(name)} is protected by a passphrase, and the server cannot ask for it when it starts.`, `Remove the passphrase, also an empty one: openssl pkey -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`);
}

function mislabelled(label: string, shape: Shape): string {
	return `The label says ${quoted(label)}, but what is inside is ${shape}.`;
}

function unloadableLabel(name: string, label: string, shape: Shape): Remark {
	const right = Object.keys(keyLabels).find(known => keyLabels[known] === shape) ?? 'PRIVATE KEY';
	return refuse('key-parse', `${mislabelled(label, shape)} OpenSSL cannot load it.`, `Change the label: sed -i 's/${sanitise(label)}-/${right}-/' ${shellWord(name)}`);
}

function unreadable(message: string): Remark {
	return refuse('key-parse', message, 'Copy the key again, whole, from where it was made. A key that stays damaged must be replaced by a new key and a new request.');
}
