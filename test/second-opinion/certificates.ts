// What does a certificate say? OpenSSL's command line has the second opinion.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {readCertificateFile} from '../../src/certificates/rules/certificate-file.js';
import {readCertificate, type Certificate} from '../../src/certificates/parse/certificate.js';
import {tryParse} from '../../src/certificates/parse/parse-error.js';
import {uploaded} from '../certificates/fixtures/files.js';
import {partsIn, partsOf, printing} from './certificate-parts.js';
import {attempt, filesBelow, vectors, type Comparison} from './material.js';

/** Compares the first certificate of every file, part by part; files that neither reader takes for a certificate are left out. */
export async function compareCertificates(): Promise<Comparison[]> {
	const comparisons: Comparison[] = [];
	for (const file of await filesBelow('x509', /\.(pem|der|crt)$/)) {
		const bytes = await readFile(file);
		const isPem = bytes.includes('-----BEGIN ');
		const {ok, out} = await attempt('openssl', 'x509', '-inform', isPem ? 'PEM' : 'DER', '-in', file, ...printing);
		comparisons.push(...compared(path.relative(vectors, file), isPem ? fromPem(bytes) : fromDer(bytes), ok ? out : undefined));
	}

	return comparisons;
}

function compared(name: string, ours: Certificate | string, text?: string): Comparison[] {
	if (text === undefined || typeof ours === 'string') {
		const isNone = text === undefined && typeof ours === 'string';
		return isNone
			? []
			: [{name, ours: typeof ours === 'string' ? ours : 'readable', theirs: text === undefined ? 'unreadable' : 'readable'}];
	}

	const [parts, theirs] = [partsOf(ours), partsIn(text)];
	return Object.keys(parts).map(part => ({name: `${name}, ${part}`, ours: parts[part]!, theirs: theirs[part]!}));
}

/** The first certificate, or why there is none. */
function fromPem(bytes: Buffer): Certificate | string {
	const {certificates, missingLeaf, findings} = readCertificateFile(uploaded('a.crt', bytes));
	return missingLeaf ? findings.map(({message}) => message).join(' ') : (certificates[0] ?? 'no certificate');
}

function fromDer(bytes: Buffer): Certificate | string {
	let certificate: Certificate | string = 'no certificate';
	const damage = tryParse(() => {
		certificate = readCertificate(bytes);
	});
	return damage ?? certificate;
}
