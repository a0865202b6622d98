// A second judge of accepted pairs: it asks OpenSSL's own classes, and shares no line with the check that it judges.
import {createPrivateKey, X509Certificate, type KeyObject} from 'node:crypto';
import type {Pair} from './seeds.js';

const strong = new Set([
	'1.2.840.113549.1.1.11',
	'1.2.840.113549.1.1.12',
	'1.2.840.113549.1.1.13',
	'1.2.840.10045.4.3.2',
	'1.2.840.10045.4.3.3',
	'1.2.840.10045.4.3.4',
]);
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
/** The object identifier 2.5.29.15, and whether it is critical; then the length, the count of unused bits and the first byte. */
const keyUsage = /06 03 55 1d 0f (?:01 01 .. )?04 (?:81 )?.. 03 (?:81 )?(..) (..) (..)/;

/** Why this pair should not have been accepted for these hosts at that moment; undefined when nothing speaks against it. */
export function objectionTo({certificate, key}: Pair, hosts: readonly string[], at: Date, root?: X509Certificate): string | undefined {
	const [blocks, keyBlocks] = [certificate, key].map(file => blocksIn(file)) as [Block[], Block[]];
	const chain = blocks.filter(({label}) => label.endsWith('CERTIFICATE')).map(({body}) => new X509Certificate(Buffer.from(body, 'base64')));
	const [leaf] = chain;
	const objections: Record<string, boolean> = {
		'there is a private key in the certificate file': certificate.includes('PRIVATE KEY-----'),
		'there is not exactly one key': keyBlocks.filter(({label}) => label.endsWith('PRIVATE KEY')).length !== 1,
		'OpenSSL reads another certificate first': leaf === undefined || !new X509Certificate(certificate).raw.equals(leaf.raw),
		...(leaf && {...leafObjections(leaf, hosts), ...keyObjections(leaf, createPrivateKey(key)), ...chainObjections(chain, at, root)}),
	};
	return Object.keys(objections).find(objection => objections[objection]);
}

type Block = {label: string; body: string};

/**
 * The blocks of a file as OpenSSL finds them: by whole lines, after it has taken away what is no letter from their ends, and a byte order
 * mark from the first line that it reads for each block.
 */
function blocksIn(file: Buffer): Block[] {
	const found: Block[] = [];
	let open: Block | undefined;
	let isFirst = true;
	for (const whole of file.toString('latin1').split('\n')) {
		const line = (isFirst ? whole.replace(/^\xEF\xBB\xBF/, '') : whole).replace(/[\0-\x20]+$/, '');
		isFirst = false;
		const [, label] = /^-----BEGIN (.*)-----$/.exec(line) ?? [];
		if (label !== undefined) {
			open = {label, body: ''};
		} else if (open !== undefined && line === `-----END ${open.label}-----`) {
			found.push(open);
			open = undefined;
			isFirst = true;
		} else if (open !== undefined) {
			open.body += line;
		}
	}

	return found;
}

function leafObjections(leaf: X509Certificate, hosts: readonly string[]): Record<string, boolean> {
	const usage = usageOf(leaf.raw);
	const subject = hosts.length > 1 ? 'never' : 'default';
	return {
		'it may issue certificates': leaf.ca,
		'it lacks an extended key usage': ![serverAuth, clientAuth].every(purpose => leaf.keyUsage?.includes(purpose)),
		'it lacks digitalSignature': (usage & 0x80) === 0,
		'it may sign certificates': (usage & 0x04) !== 0,
		'it does not name a host': !hosts.every(host => leaf.checkHost(host, {subject, wildcards: false}) !== undefined),
		'its common name is not one': (leaf.subject.match(/^CN=/gm) ?? []).length !== 1,
	};
}

/** The first byte of the key usage without its unused bits; digitalSignature alone where there is no key usage. */
function usageOf(der: Buffer): number {
	const [, length = '02', unused = '00', first = '80'] = keyUsage.exec(der.toString('hex').replaceAll(/..(?=.)/g, '$& ')) ?? [];
	return Number.parseInt(first, 16) & (length === '02' ? 0xff << Number.parseInt(unused, 16) : 0xff);
}

function keyObjections(leaf: X509Certificate, key: KeyObject): Record<string, boolean> {
	return {
		'the key does not match the certificate': !leaf.checkPrivateKey(key),
		'the key is not RSA': key.asymmetricKeyType !== 'rsa',
		'the key is too small': (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048,
		'the numbers of the key are inconsistent': key.asymmetricKeyType === 'rsa' && !isSound(key),
	};
}

/** RFC 8017 3.2. */
function isSound(key: KeyObject): boolean {
	const jwk = key.export({format: 'jwk'});
	const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(value =>
		BigInt(`0x${Buffer.from(value!, 'base64url').toString('hex')}`),
	) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
	return (
		n === p * q
		&& (e * dp) % (p - 1n) === 1n
		&& (e * dq) % (q - 1n) === 1n
		&& (d - dp) % (p - 1n) === 0n
		&& (d - dq) % (q - 1n) === 0n
		&& (q * qi) % p === 1n
	);
}

/** The path is that of OpenSSL; what it does not need, repetitions too, is passed over, as clients do. */
function chainObjections(all: readonly X509Certificate[], at: Date, root?: X509Certificate): Record<string, boolean> {
	const chain = pathIn(all, at, root);
	const links = chain.map((one, index) => [one, chain[index + 1] ?? (isTop(one) ? one : undefined)] as const);
	return {
		'a signature is weak': chain.some((one, index) => (index === 0 || !isTop(one)) && !strong.has(one.signatureAlgorithmOid ?? '')),
		'a certificate is not valid at that time': chain.some((one, index) => (index < 1 || one !== root) && !isValid(one, at)),
		'an issuer may not issue': chain.slice(1).some(one => !one.ca && !one.checkIssued(one)),
		'its issuer is not in the file': chain.length === 1 && all.some(one => one.ca) && !isTop(chain[0]!),
		'the path does not end at the root': root !== undefined && !chain.at(-1)!.raw.equals(root.raw),
		'a signature is wrong': !links.every(([one, issuer]) => issuer === undefined || one.verify(issuer.publicKey)),
	};
}

function pathIn(all: readonly X509Certificate[], at: Date, root?: X509Certificate): X509Certificate[] {
	const path = all.slice(0, 1);
	for (;;) {
		const last = path.at(-1)!;
		const issuers = all.filter(one => last.checkIssued(one) && !path.some(other => other.raw.equals(one.raw)));
		const next = root !== undefined && last.checkIssued(root) ? root : (issuers.find(one => isValid(one, at)) ?? issuers[0]);
		if (next === undefined || last.raw.equals(next.raw) || isTop(last)) {
			return path;
		}

		path.push(next);
	}
}

function isTop(one: X509Certificate): boolean {
	const [subject, issuer] = [one.subject, one.issuer].map(name => (name as string | undefined)?.toLowerCase()); // RFC 5280 7.1.
	return subject === issuer && one.verify(one.publicKey);
}

function isValid({validFromDate, validToDate}: X509Certificate, at: Date): boolean {
	return at >= validFromDate && at <= validToDate;
}
