// The certificate file: which certificates it holds, and what else.
import {readCertificate, type Certificate} from './certificate.js';
import {damageIn} from './damage.js';
import {fileFault, fileRemarks} from './file-faults.js';
import {refuse, shellWord, warn, type FindingId, type Remark} from './finding.js';
import {decodeBlock, lastLine, readPemText, type Block} from './pem-text.js';
import {quoted, sanitise} from './sanitise.js';
import {isPrivateShape, shapeOf, type Shape} from './shapes.js';
import {formFault, formRemarks} from './text-forms.js';
import type {UploadedFile} from './uploaded-file.js';

export type CertificateFile = {
	remarks: Remark[];
	/** In the order of the file. */
	certificates: Certificate[];
	/** Whether some certificate could not be read, so that nothing can be said about the chain. */
	damaged: boolean;
	/** Whether the first certificate is among the damaged ones, so that nothing can be said about the server's. */
	headless: boolean;
};

/** Reads the file with everything it says about itself. Never throws for what a file holds. */
export function readCertificateFile(file: UploadedFile): CertificateFile {
	const result: CertificateFile = {remarks: fileRemarks('cert', file), certificates: [], damaged: false, headless: false};
	const fault = fileFault('cert', file);
	if (file.state !== 'read' || fault !== undefined) {
		return {...result, remarks: fault === undefined ? [] : [fault]};
	}

	const {name, bytes} = file;
	const read = {role: 'cert', name, bytes, text: readPemText(bytes)} as const;
	const form = (read.text.blocks.length === 0 ? binaryFault(name, bytes) : undefined) ?? formFault(read);
	if (form !== undefined) {
		return {...result, remarks: [form, ...result.remarks]};
	}

	result.remarks.push(...formRemarks(read));
	for (const [index, block] of read.text.blocks.entries()) {
		readBlock(result, name, block, index);
	}

	return withoutRepetition(withPresence(result, name));
}

type Kind = Shape | 'trusted';

function kindOf(block: Block): Kind | undefined {
	const {label} = block;
	if (label === 'TRUSTED CERTIFICATE') {
		return 'trusted';
	}

	const byLabel = labels.find(([pattern]) => pattern.test(label))?.[1];
	const byContent = byLabel === 'PKCS#8' ? 'unknown' : contentOf(block);
	return byContent === 'unknown' ? byLabel : byContent;
}

/** What is inside, for a label may lie. The bytes are zeroed again, for they may be a private key. */
function contentOf(block: Block): Shape {
	let shape: Shape = 'unknown';
	damageIn(() => {
		const decoded = decodeBlock(block);
		shape = shapeOf(decoded);
		decoded.fill(0);
	});
	return shape;
}

const labels: ReadonlyArray<[RegExp, Shape]> = [
	[/^(X509 )?CERTIFICATE$/, 'certificate'], [/PRIVATE KEY$/, 'PKCS#8'], [/CERTIFICATE REQUEST$/, 'request'],
	[/CRL$/, 'revocation list'], [/^(PKCS ?#?7.*|CMS)$/, 'PKCS#7'], [/^PKCS ?#?12$/, 'PKCS#12'], [/PUBLIC KEY$/, 'public key'],
];

function readBlock(result: CertificateFile, name: string, block: Block, index: number): void {
	const kind = kindOf(block);
	if (kind === 'certificate') {
		addCertificate(result, block, index);
	} else if (kind === 'trusted') {
		result.remarks.push(trusted(name));
		result.headless ||= result.certificates.length === 0;
		result.damaged = true;
	} else if (kind !== undefined && isPrivateShape(kind)) {
		result.remarks.push(hasKey(name));
	} else {
		result.remarks.push(block.ended ? strangerFault(kind, name) ?? stranger(name, block, index) : truncated(block, index));
	}

	if (block.label === 'X509 CERTIFICATE') {
		result.remarks.push(warn('old-label', `${sanitise(name)} uses the old label X509 CERTIFICATE; OpenSSL loads it, other programs may not.`, `Change the label: sed -i 's/X509 CERTIFICATE/CERTIFICATE/' ${shellWord(name)}`));
	}
}

function addCertificate(result: CertificateFile, block: Block, index: number): void {
	const damage = damageIn(() => {
		result.certificates.push(readCertificate(decodeBlock(block)));
	});
	if (damage === undefined) {
		return;
	}

	result.headless ||= result.certificates.length === 0;
	result.damaged = true;
	result.remarks.push(block.ended
		? refuse('cert-parse', `${placeOf(block, index)} is damaged: ${damage}.`, 'Copy the certificate again, whole, from what the CA sent.')
		: truncated(block, index));
}

function truncated(block: Block, index: number): Remark {
	return refuse('cert-truncated', `${placeOf(block, index)} has no END line after line ${lastLine(block)}.`, 'The file was cut off; copy or upload it again.');
}

function placeOf(block: Block, index: number): string {
	return `Block ${index + 1} (${sanitise(block.label)}, from line ${block.line})`;
}

/** Binary data that is known, although it is not PEM. */
function binaryFault(name: string, bytes: Buffer): Remark | undefined {
	const shape = bytes[0] === 0x30 ? shapeOf(bytes) : 'unknown';
	if (shape === 'certificate') {
		return refuse('cert-der', `${sanitise(name)} is in binary form (DER); PEM is required.`, `Convert it: openssl x509 -inform DER -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`);
	}

	return isPrivateShape(shape) ? isKey(name) : strangerFault(shape, name);
}

function strangerFault(kind: Kind | undefined, name: string): Remark | undefined {
	const word = shellWord(name);
	switch (kind) {
		case 'request': {
			return refuse('cert-is-csr', `${sanitise(name)} holds a certificate signing request, not a certificate.`, 'Send the request to the CA and upload the certificate that comes back.');
		}

		case 'revocation list': {
			return refuse('cert-is-crl', `${sanitise(name)} holds a revocation list (CRL), not a certificate.`, 'Upload the certificate of the server.');
		}

		case 'PKCS#7': {
			return refuse('cert-pkcs7', `${sanitise(name)} holds a PKCS#7 bundle (.p7b).`, `Take its certificates out (with -inform DER when it is binary), the server's first: openssl pkcs7 -print_certs -in ${word} -out ${shellWord(`${name}.pem`)}`);
		}

		case 'PKCS#12': {
			return refuse('cert-pkcs12', `${sanitise(name)} is a PKCS#12 bundle (.p12, .pfx) with the certificate and the key together.`, `Split it: openssl pkcs12 -in ${word} -nokeys -out certificate.pem, and openssl pkcs12 -in ${word} -nocerts -nodes -out key.pem`);
		}

		default: {
			return undefined;
		}
	}
}

/** OpenSSL passes over blocks that it does not look for; they only matter when there is no certificate. */
function stranger(name: string, block: Block, index: number): Remark {
	return warn('leading-text', `${sanitise(name)} also holds something that is not a certificate, which is ignored: block ${index + 1}, ${quoted(block.label)}.`, 'Nothing has to be done; remove it if some program stumbles over it.');
}

/** Turns what was found next to a certificate into what it means when there is none. */
function withPresence(result: CertificateFile, name: string): CertificateFile {
	const {remarks, certificates, damaged} = result;
	if (certificates.length > 0 || damaged) {
		return result;
	}

	const turned = remarks.map(remark => remark.id === 'cert-has-key' ? isKey(name) : remark);
	const refused = turned.some(({severity}) => severity === 'error');
	return {...result, remarks: refused ? turned : [...turned, refuse('cert-not-pem', `${sanitise(name)} holds no certificate.`, 'Upload the PEM file with the certificate of the server.')]};
}

/** One finding of a kind tells enough, except where each names its own block; and even these need not fill the screen. */
function withoutRepetition(result: CertificateFile): CertificateFile {
	const counts = new Map<FindingId, number>();
	const remarks = result.remarks.filter(({id}) => {
		const count = (counts.get(id) ?? 0) + 1;
		counts.set(id, count);
		return count <= (id === 'cert-parse' || id === 'cert-truncated' ? 10 : 1);
	});
	return {...result, remarks};
}

function hasKey(name: string): Remark {
	return refuse('cert-has-key', `${sanitise(name)} holds a private key as well. The certificate and the key must be in separate files.`, 'Treat that key as exposed: make a new key and a new request. At the least, remove the key from this file.');
}

function isKey(name: string): Remark {
	return refuse('cert-is-key', `${sanitise(name)} holds a private key and no certificate. Were the two files swapped?`, 'Upload the certificate under this name and the key under the other.');
}

function trusted(name: string): Remark {
	return refuse('cert-trusted-label', `${sanitise(name)} is in OpenSSL's own TRUSTED CERTIFICATE form.`, `Convert it, one certificate at a time: openssl x509 -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`);
}
