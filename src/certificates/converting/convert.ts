// Makes an installable pair out of two files that hold it in another form. It runs in a thread of its own: see conversion.ts.
import {createPublicKey, type KeyObject} from 'node:crypto';
import {keyTypeOf} from '../algorithms.js';
import {readCertificate, type Certificate} from '../certificate.js';
import {chainOf} from '../chain.js';
import {Damage} from '../damage.js';
import {inWords} from '../distinguished-name.js';
import type {Role} from '../finding.js';
import {toPem} from '../pem.js';
import {listed, sanitise} from '../sanitise.js';
import {isSameKey} from '../signature.js';
import {gather, type Gathered} from './gather.js';
import {Problem} from '../../problem.js';

export type Source = {
	name: string;
	bytes: Uint8Array;
	passphrase: string;
	/** Whether nothing is wrong with its form, so that its bytes are left as they are. */
	keep: boolean;
};

export type ConversionInput = Partial<Record<Role, Source>>;

/** A file that is not there stays as it was uploaded. */
export type Converted = {certificate?: Uint8Array; key?: Uint8Array; /** What was done, a sentence each. */ done: string[]};

type Parts = Gathered & {source?: Source};

/** Throws Problem `wrong-passphrase-cert`, `wrong-passphrase-key`, `nothing-found` or `not-convertible`. */
export function convert({cert, key}: ConversionInput): Converted {
	const [inCertificate, inKey] = [partsOf('cert', cert), partsOf('key', key)];
	const from = inCertificate.certificates.length > 0 ? inCertificate : inKey;
	const certificates = parsed(from);
	const fits = (candidate: KeyObject) => certificates.some(({publicKey}) => isSameKey(publicKey, createPublicKey(candidate)));
	const keys = [...inKey.keys, ...inCertificate.keys];
	const chosen = keys.find(fits) ?? keys[0];
	const chain = written(from, certificates, chosen);
	return {
		...(from.source?.keep && from === inCertificate ? {} : {certificate: chain.pem}),
		...(chosen === undefined || (key?.keep && inKey.keys.includes(chosen)) ? {} : {key: pemOf(chosen)}),
		done: [
			...(from.source?.keep && from === inCertificate ? [] : chain.done),
			...(chosen === undefined || (key?.keep && inKey.keys.includes(chosen)) ? [] : [keyInWords(chosen, inKey.keys.includes(chosen) ? key : cert)]),
		],
	};
}

function partsOf(role: Role, source: Source | undefined): Parts {
	if (source === undefined) {
		return {certificates: [], keys: [], unordered: false};
	}

	const name = sanitise(source.name);
	try {
		return {source, ...gather(Buffer.from(source.bytes), source.passphrase)};
	} catch (error) {
		if (error instanceof Damage) {
			throw new Problem('not-convertible', `${name} cannot be converted: ${error.message}.`, 'Upload it again, whole.', {cause: error});
		}

		throw error instanceof Problem
			? new Problem(error.code === 'wrong-passphrase' ? `wrong-passphrase-${role}` : error.code, `${name}: ${error.message}`, error.hint, {cause: error})
			: error;
	}
}

function parsed({certificates, source}: Parts): Certificate[] {
	if (certificates.length === 0) {
		throw new Problem('nothing-found', 'Neither file holds a certificate.', 'Upload the certificate that the CA sent.');
	}

	try {
		return certificates.map(der => readCertificate(der));
	} catch (error) {
		throw error instanceof Damage
			? new Problem('not-convertible', `A certificate in ${sanitise(source?.name ?? '')} is damaged: ${error.message}.`, 'Upload it again, whole.', {cause: error})
			: error;
	}
}

/** The chain in PEM, the server's certificate first. Strangers stay in, unless they came out of a container with it. */
function written({unordered, source}: Parts, certificates: Certificate[], key: KeyObject | undefined): {pem: Buffer; done: string[]} {
	const {path, inFile} = chainOf(certificates, key && createPublicKey(key))!;
	const strangers = inFile.filter(certificate => !path.includes(certificate));
	const kept = unordered ? path : [...path, ...strangers];
	const subjects = (some: Certificate[]) => listed(some.map(({subject}, index) => `${index + 1}. ${inWords(subject)}`));
	return {
		pem: Buffer.from(kept.map(({der}) => toPem('CERTIFICATE', der)).join('')),
		done: [
			`From ${sanitise(source?.name ?? '')}, in PEM and in order: ${subjects(kept)}.`,
			...(unordered && strangers.length > 0 ? [`Left out, as they are not of this chain: ${subjects(strangers)}.`] : []),
		],
	};
}

function pemOf(key: KeyObject): Buffer {
	return Buffer.from(key.export({type: 'pkcs8', format: 'pem'}));
}

function keyInWords(key: KeyObject, source: Source | undefined): string {
	return `The private key (${keyTypeOf(key)}) from ${sanitise(source?.name ?? '')}, in PEM and without a passphrase.`;
}
