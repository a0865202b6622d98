// What the check promises for any two files whatever.
import {X509Certificate} from 'node:crypto';
import {performance} from 'node:perf_hooks';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {certificateName, keyName, uploaded} from '../certificates/fixtures/files.js';
import {at, root} from '../certificates/fixtures/make.js';
import {pem} from '../certificates/fixtures/der.js';
import {testHandshake} from '../../src/installation/test-handshake.js';
import {sentCertificates} from '../helpers/sent-certificates.js';
import {objectionTo} from './judge.js';
import type {Pair} from './seeds.js';

export type Question = {hosts: string[]; isToRoot: boolean};

export type Answer = {result?: CheckResult; took: number; broken?: string};

const anchor = root();
export const anchorPem = Buffer.from(pem('CERTIFICATE', anchor));
const anchorCertificate = new X509Certificate(anchor);

/** Checks a pair and says which promise is broken, if one is. */
export async function examine(pair: Pair, question: Question): Promise<Answer> {
	const given = {certificate: Buffer.from(pair.certificate), key: Buffer.from(pair.key)};
	let took = 0;
	try {
		const started = performance.now();
		const result = check(given, question);
		took = performance.now() - started;
		const broken = inconsistency(pair, given, result) ?? (await falseAccept(pair, question, result));
		return {result, took, ...(broken !== undefined && {broken})};
	} catch (error) {
		return {took, broken: `it throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`};
	}
}

function check({certificate, key}: Pair, {hosts, isToRoot}: Question): CheckResult {
	return checkPair(uploaded(certificateName, certificate), uploaded(keyName, key), {hosts, at, ...(isToRoot && {ca: anchorPem})});
}

function inconsistency(pair: Pair, given: Pair, result: CheckResult): string | undefined {
	const {ok, findings, pair: accepted} = result;
	const steering = textsIn({...result, pair: undefined}).find(text => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text));
	const faults: Record<string, boolean> = {
		'it changes the files': !given.certificate.equals(pair.certificate) || !given.key.equals(pair.key),
		'ok and the errors disagree': ok === findings.some(({severity}) => severity === 'error'),
		'ok and the pair disagree': ok !== (accepted !== undefined),
		'the accepted pair has other bytes':
			accepted !== undefined && !(accepted.certificate.equals(pair.certificate) && accepted.key.equals(pair.key)),
		'a finding says nothing': findings.some(({message, hint}) => message === '' || hint === ''),
		[`a text can steer a terminal: ${JSON.stringify(steering)}`]: steering !== undefined,
	};
	return Object.keys(faults).find(fault => faults[fault]);
}

function textsIn(value: unknown): string[] {
	if (typeof value === 'string') {
		return [value];
	}

	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(part => textsIn(part)) : [];
}

/** What is accepted must work: a second judge finds nothing, OpenSSL sends each certificate of the file, and the rehearsal passes. */
async function falseAccept(pair: Pair, {hosts, isToRoot}: Question, {pair: accepted}: CheckResult): Promise<string | undefined> {
	if (accepted === undefined) {
		return undefined;
	}

	const objection = objectionTo(pair, hosts, at, isToRoot ? anchorCertificate : undefined);
	if (objection !== undefined) {
		return `it is accepted although ${objection}`;
	}

	const sent = await sentCertificates(pair).catch(String);
	if (!Array.isArray(sent) || !Buffer.concat(sent).equals(Buffer.concat(accepted.chain))) {
		return `it is accepted with ${accepted.chain.length} certificates, and OpenSSL sends ${Array.isArray(sent) ? sent.length : sent}`;
	}

	if (isToRoot) {
		return undefined; // The rehearsal knows no given root, and would judge others that the file holds; openssl verify has the last word.
	}

	return testHandshake(pair).then(
		() => undefined,
		(error: unknown) => `it is accepted, but the rehearsal fails: ${String(error)}`,
	);
}
