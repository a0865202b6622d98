// The certificate file: which certificates it holds, and what else.
import {readCertificate, type Certificate} from './certificate.js';
import {damageIn} from './damage.js';
import {fileFault, fileRemarks} from './file-faults.js';
import {
	damaged, hasKey, isKey, oldLabel, stranger, strangerInCertificateFile, truncated, trusted,
} from './certificate-file-remarks.js';
import {refuse, shellWord, type FindingId, type Remark} from './finding.js';
import {decodeBlock, readPemText, type Block} from './pem-text.js';
import {sanitise} from './sanitise.js';
import {isPrivateShape, shapeByLabel, shapeOf, type Shape} from './shapes.js';
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

	if (bytes.includes('PRIVATE KEY-----')) {
		result.remarks.push(hasKey(name)); // Also one that OpenSSL would pass over, for whoever reads the file can mend it.
	}

	return withoutRepetition(withPresence(result, name));
}

type Kind = Shape | 'trusted';

function kindOf(block: Block): Kind | undefined {
	const {label} = block;
	if (label === 'TRUSTED CERTIFICATE') {
		return 'trusted';
	}

	const byLabel = shapeByLabel(label);
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
	} else if (block.ended) {
		result.remarks.push(strangerInCertificateFile(kind, name) ?? stranger(name, block, index));
	} else {
		result.remarks.push(truncated(block, index));
	}

	if (block.label === 'X509 CERTIFICATE') {
		result.remarks.push(oldLabel(name));
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
		? damaged(block, index, damage)
		: truncated(block, index));
}

/** Binary data that is known, although it is not PEM. */
function binaryFault(name: string, bytes: Buffer): Remark | undefined {
	const shape = bytes[0] === 0x30 ? shapeOf(bytes) : 'unknown';
	if (shape === 'certificate') {
		return refuse(
			'cert-der',
			`${sanitise(name)} is in binary form (DER); PEM is required.`,
			`Convert it: openssl x509 -inform DER -in ${shellWord(name)} -out ${shellWord(`${name}.pem`)}`,
		);
	}

	return isPrivateShape(shape) ? isKey(name) : strangerInCertificateFile(shape, name);
}

/** Turns what was found next to a certificate into what it means when there is none. */
function withPresence(result: CertificateFile, name: string): CertificateFile {
	const {remarks, certificates, damaged} = result;
	if (certificates.length > 0 || damaged) {
		return result;
	}

	const turned = remarks.map(remark => remark.id === 'cert-has-key' ? isKey(name) : remark);
	const refused = turned.some(({severity}) => severity === 'error');
	return {...result, remarks: refused ? turned : [...turned, refuse(
		'cert-not-pem',
		`${sanitise(name)} holds no certificate.`,
		'Upload the PEM file with the certificate of the server.',
	)]};
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
