// Makes an installable pair out of two files that hold it in another form. It runs in a thread of its own: see conversion.ts.
import {createPublicKey, type KeyObject} from 'node:crypto';
import {keyTypeOf} from '../parse/algorithms.js';
import {readCertificate, type Certificate} from '../parse/certificate.js';
import {chainOf} from '../parse/chain.js';
import {ParseError} from '../parse/parse-error.js';
import {identified} from '../rules/certificate-words.js';
import type {Role} from '../rules/finding.js';
import {keyInPem} from '../issuance/self-signed.js';
import {toPem} from '../parse/pem.js';
import {listed, sanitise} from '../../sanitise.js';
import {isSameKey} from '../parse/signature.js';
import {gather, type Gathered} from './gather.js';
import {Problem} from '../../problem.js';

export type Source = {
	name: string;
	bytes: Uint8Array;
	passphrase: string;
	/** Whether nothing is wrong with its form, so that its bytes are left as they are. */
	keep: boolean;
	/** The numbers of the certificates, counted from 1, that are not wanted. */
	leaveOut?: readonly number[];
};

export type ConversionInput = Partial<Record<Role, Source>>;

/** A file that is not there stays as it was uploaded. */
export type Converted = {
	certificate?: Uint8Array;
	key?: Uint8Array;
	/** Whether there was one file, which holds a key and no certificate: it must not be taken for the certificate. */
	isKeyAlone?: true;
	/** Which of the two files the certificates and the key were in. */
	from: {certificate: Role; key: Role};
	/** What was done, a sentence each. */
	done: string[];
};

type Parts = Gathered & {role: Role; source: Source | undefined};

/** Throws Problem `wrong-passphrase-cert`, `wrong-passphrase-key`, `nothing-found` or `not-convertible`. */
export function convert({cert, key}: ConversionInput): Converted {
	const [inCertificate, inKey] = [partsOf('cert', cert), partsOf('key', key)];
	const from = inCertificate.certificates.length > 0 ? inCertificate : inKey;
	const isKeyAlone = from.certificates.length === 0 && (cert === undefined || key === undefined);
	const certificates = isKeyAlone ? [] : parsed(from);
	const {found, holder} = keyFor(certificates, [inKey, inCertificate]);
	if (isKeyAlone && found) {
		return {key: keyInPem(found), isKeyAlone, from: {certificate: from.role, key: holder.role}, done: [keyInWords(found, holder.source)]};
	}

	if (isKeyAlone) {
		throw nothingFound();
	}

	const keepsCertificate = from === inCertificate && from.source?.keep === true;
	const keepsKey = found === undefined || (holder === inKey && inKey.source?.keep === true);
	const chain = written(from, certificates, found);
	return {
		...(keepsCertificate ? {} : {certificate: chain.pem}),
		...(keepsKey ? {} : {key: keyInPem(found)}),
		from: {certificate: from.role, key: holder.role},
		done: [...(keepsCertificate ? [] : chain.done), ...(keepsKey ? [] : [keyInWords(found, holder.source)])],
	};
}

/** The key that belongs to one of the certificates, else the first one. A file that could not be opened matters only when none fits. */
function keyFor(certificates: readonly Certificate[], holders: readonly [Parts, Parts]): {found: KeyObject | undefined; holder: Parts} {
	const all = holders.flatMap(holder => holder.keys.map(found => ({found, holder})));
	const fitting = all.find(({found}) => certificates.some(({publicKey}) => isSameKey(publicKey, createPublicKey(found))));
	const locked = holders.flatMap(({unopened}) => unopened)[0];
	if (!fitting && locked) {
		throw locked;
	}

	return fitting ?? all[0] ?? {found: undefined, holder: holders[0]};
}

function partsOf(role: Role, source: Source | undefined): Parts {
	if (source === undefined) {
		return {role, source, certificates: [], keys: [], unopened: [], unordered: false};
	}

	const name = sanitise(source.name);
	const named = (problem: Problem) =>
		new Problem(
			problem.code === 'wrong-passphrase' ? `wrong-passphrase-${role}` : problem.code,
			`${name}: ${problem.message}`,
			problem.hint,
			{cause: problem},
		);
	try {
		const gathered = gather(Buffer.from(source.bytes), source.passphrase);
		return {role, source, ...gathered, unopened: gathered.unopened.map(problem => named(problem))};
	} catch (error) {
		if (error instanceof ParseError) {
			throw new Problem('not-convertible', `${name} cannot be converted: ${error.message}.`, 'Upload it again, whole.', {cause: error});
		}

		throw error instanceof Problem ? named(error) : error;
	}
}

function nothingFound(): Problem {
	return new Problem('nothing-found', 'Neither file holds a certificate.', 'Upload the certificate that the CA sent.');
}

function parsed({certificates, source}: Parts): Certificate[] {
	if (certificates.length === 0) {
		throw nothingFound();
	}

	try {
		return certificates.map(der => readCertificate(der));
	} catch (error) {
		throw error instanceof ParseError
			? new Problem(
					'not-convertible',
					`A certificate in ${sanitise(source?.name ?? '')} is damaged: ${error.message}.`,
					'Upload it again, whole.',
					{cause: error},
				)
			: error;
	}
}

/**
 * The chain in PEM, the server's certificate first. Certificates that it does not need are kept, unless they came from a container
 * or are not wanted.
 */
function written({unordered, source}: Parts, certificates: Certificate[], key: KeyObject | undefined): {pem: Buffer; done: string[]} {
	const wanted = certificates.filter((_, index) => unordered || source?.leaveOut?.includes(index + 1) !== true);
	const chain = chainOf(wanted, {key: key && createPublicKey(key)})!;
	const {path, inFile} = chain;
	const others = inFile.filter(certificate => !path.includes(certificate));
	const kept = unordered ? path : [...path, ...others];
	const left = certificates.filter(({der}, index) => !kept.some(one => one.der.equals(der)) && firstOf(certificates, der) === index);
	return {
		pem: Buffer.from(kept.map(({der}) => toPem('CERTIFICATE', der)).join('')),
		done: [
			`From ${sanitise(source?.name ?? '')}, in PEM and in order: ${listed(kept.map(one => identified(one, {all: kept})))}.`,
			...(left.length > 0
				? [`Left out, as they are not of this chain: ${listed(left.map(one => identified(one, {all: certificates})))}.`]
				: []),
		],
	};
}

function firstOf(certificates: readonly Certificate[], der: Buffer): number {
	return certificates.findIndex(other => other.der.equals(der));
}

function keyInWords(key: KeyObject, source: Source | undefined): string {
	return `The private key (${keyTypeOf(key)}) from ${sanitise(source?.name ?? '')}, in PEM and without a passphrase.`;
}
