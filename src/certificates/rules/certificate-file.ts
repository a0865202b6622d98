// The certificate file: which certificates it holds, and what else.
import {readCertificate, type Certificate} from '../parse/certificate.js';
import {tryParse} from '../parse/parse-error.js';
import {fileError, fileFindings} from './file-rules.js';
import {
	besideCrl,
	binaryCertificates,
	damagedBlock,
	hasKey,
	isKey,
	oldLabel,
	unexpectedContent,
	unexpectedInCertificateFile,
	truncated,
	trusted,
	withoutCertificate,
} from './certificate-file-findings.js';
import type {FindingId, FindingDraft} from './finding.js';
import {lostLabel} from './lost-block.js';
import {elementsFrom} from '../parse/mixed-forms.js';
import {isCertificateLabel} from '../parse/pem.js';
import {decodeBlock, readPemText, type Block} from '../parse/pem-text.js';
import {quoted} from '../../sanitise.js';
import {isPrivateKeyFormat, formatByLabel, detectFormat, refuseTrailingBytes, type FileFormat} from '../parse/detect-format.js';
import {formError, formFindings} from './text-format-rules.js';
import type {UploadedFile} from '../parse/uploaded-file.js';

export type CertificateFile = {
	findings: FindingDraft[];
	/** In the order of the file. */
	certificates: Certificate[];
	/** Whether some certificate could not be read, so that the chain cannot be checked. */
	damaged: boolean;
	/** Whether the first certificate is among the damaged ones, so that the server's certificate is unknown. */
	missingLeaf: boolean;
};

/** Reads the file and its findings. Never throws because of the file's content. */
export function readCertificateFile(file: UploadedFile): CertificateFile {
	const result: CertificateFile = {findings: fileFindings('cert', file), certificates: [], damaged: false, missingLeaf: false};
	const fault = fileError('cert', file);
	if (file.state !== 'read' || fault !== undefined) {
		return {...result, findings: fault === undefined ? [] : [fault]};
	}

	const {name, bytes} = file;
	const read = {role: 'cert', name, bytes, text: readPemText(bytes)} as const;
	const form = binaryError(name, bytes) ?? formError(read);
	if (form !== undefined) {
		const exposed = bytes.includes('PRIVATE KEY-----') && bytes.includes('CERTIFICATE-----') ? [hasKey(name)] : [];
		return {...result, findings: [form, ...exposed, ...result.findings]};
	}

	result.findings.push(...formFindings(read));
	result.damaged = read.text.lost !== undefined;
	result.missingLeaf = result.damaged && (read.text.lost?.number ?? 0) < (read.text.blocks[0]?.line ?? 0);
	for (const [index, block] of read.text.blocks.entries()) {
		readBlock(result, name, block, index);
	}

	if (bytes.includes('PRIVATE KEY-----')) {
		result.findings.push(hasKey(name)); // Also one that OpenSSL skips: whoever can read the file can use it.
	}

	return withoutRepetition(withPresence(result, name, read.text.blocks));
}

type Kind = FileFormat | 'trusted';

function kindOf(block: Block): Kind | undefined {
	const {label} = block;
	if (label === 'TRUSTED CERTIFICATE') {
		return 'trusted';
	}

	const byLabel = formatByLabel(label);
	const byContent = byLabel === 'PKCS#8' ? 'unknown' : contentOf(block);
	return byContent === 'unknown' ? byLabel : byContent;
}

/** The format of the content, because a label may be wrong. The bytes are zeroed, because they may be a private key. */
function contentOf(block: Block): FileFormat {
	let format: FileFormat = 'unknown';
	tryParse(() => {
		const decoded = decodeBlock(block);
		format = detectFormat(decoded);
		decoded.fill(0);
	});
	return format;
}

function readBlock(result: CertificateFile, name: string, block: Block, index: number): void {
	const kind = kindOf(block);
	if (kind === 'certificate' && !isCertificateLabel(block.label)) {
		result.findings.push(lostLabel(block.label, block.line));
		result.missingLeaf ||= result.certificates.length === 0;
		result.damaged = true;
	} else if (kind === 'certificate') {
		addCertificate(result, block, index);
	} else if (kind === 'trusted') {
		result.findings.push(trusted(name));
		result.missingLeaf ||= result.certificates.length === 0;
		result.damaged = true;
	} else if (kind !== undefined && isPrivateKeyFormat(kind)) {
		result.findings.push(hasKey(name));
	} else if (block.ended && block.endLabel !== block.label) {
		result.findings.push(
			damagedBlock(block, index, {damage: `its END line names something else, ${quoted(block.endLabel ?? '')}`, isWhole: false}),
		);
		result.missingLeaf ||= result.certificates.length === 0;
		result.damaged = true;
	} else if (block.ended) {
		result.findings.push(unexpectedBlock(kind, name, block) ?? unexpectedContent(name, block, index));
	} else {
		result.findings.push(truncated(block, index));
	}

	if (block.label === 'X509 CERTIFICATE') {
		result.findings.push(oldLabel(name));
	}
}

function unexpectedBlock(kind: Kind | undefined, name: string, block: Block): FindingDraft | undefined {
	let bytes: Buffer = Buffer.alloc(0);
	tryParse(() => {
		bytes = decodeBlock(block);
	});
	return unexpectedInCertificateFile(kind === 'trusted' ? undefined : kind, name, bytes, block.label);
}

function addCertificate(result: CertificateFile, block: Block, index: number): void {
	let isWhole = false;
	const damage = tryParse(() => {
		const decoded = decodeBlock(block);
		isWhole = tryParse(() => refuseTrailingBytes(decoded)) === undefined;
		result.certificates.push(readCertificate(decoded));
	});
	if (damage === undefined) {
		return;
	}

	result.missingLeaf ||= result.certificates.length === 0;
	result.damaged = true;
	result.findings.push(block.ended ? damagedBlock(block, index, {damage, isWhole}) : truncated(block, index));
}

/** Binary data that is known, although it is not PEM. */
function binaryError(name: string, bytes: Buffer): FindingDraft | undefined {
	const format = bytes[0] === 0x30 ? detectFormat(bytes) : 'unknown';
	if (format === 'certificate') {
		return binaryCertificates(name, elementsFrom(bytes, 0).length);
	}

	return isPrivateKeyFormat(format) ? isKey(name) : unexpectedInCertificateFile(format, name, bytes);
}

/** The meaning of findings about other blocks when there is no certificate. */
function withPresence(result: CertificateFile, name: string, blocks: readonly Block[]): CertificateFile {
	const {findings, certificates, damaged} = result;
	if (certificates.length > 0 || damaged) {
		return {...result, findings: findings.map(draft => (draft.id === 'cert-is-crl' ? besideCrl(name) : draft))};
	}

	const turned = findings.map(draft => (draft.id === 'cert-has-key' ? isKey(name) : draft));
	const refused = turned.some(({severity}) => severity === 'error');
	return {...result, findings: refused ? turned : [...turned, withoutCertificate(name, blocks)]};
}

/** One finding of a kind is enough, except where each names its own block; at most ten of those are kept. */
function withoutRepetition(result: CertificateFile): CertificateFile {
	const counts = new Map<FindingId, number>();
	const findings = result.findings.filter(({id}) => {
		const count = (counts.get(id) ?? 0) + 1;
		counts.set(id, count);
		return count <= (id === 'cert-parse' || id === 'cert-truncated' ? 10 : 1);
	});
	return {...result, findings};
}
