import {performance} from 'node:perf_hooks';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import {certificateName, chainWith, goodKey, keyName, uploaded, type Content} from '../../test/certificates/fixtures/files.js';
import {floods} from '../../test/certificates/fixtures/floods.js';
import {aimFor, figureOf, ratioAim, type Figure} from '../figure.js';
import {median, quantile} from '../statistics.js';

const name = 'ts1.example.com';
const warmUp = 20;
const rounds = 200;

export async function* measure(): AsyncGenerator<Figure> {
	const {certificate, key} = await selfSignedPair({hostnames: [name], days: 300});
	const takeValid = () => timeOf(() => checked(certificate, key).ok);
	Array.from({length: warmUp}, takeValid);
	const samples = Array.from({length: rounds}, takeValid);
	yield figureOf({what: `median of ${rounds}`, unit: 'ms', tanos: median(samples), aim: aimFor('under', 5)});
	yield figureOf({what: `p99 of ${rounds}`, unit: 'ms', tanos: quantile(samples, 0.99), aim: aimFor('under', 20)});
	const hostile = Object.values(floods).map(make => timeOfHostile(make()));
	const what = `slowest of ${hostile.length} hostile files`;
	const peer = median(samples); // However fast the machine, a hostile file costs no more than so many good pairs.
	yield figureOf({what, unit: 'ms', tanos: Math.max(...hostile), peer, aim: ratioAim('at most', 100)});
}

/** As the certificate and as the key; the shorter of two runs of each, for the first one also compiles. */
function timeOfHostile(content: Content): number {
	const asCertificate = () => !checked(content, goodKey()).findings.some(({message}) => message === '');
	const asKey = () => !checked(chainWith(), content).ok;
	return Math.max(...[asCertificate, asKey].map(check => Math.min(timeOf(check), timeOf(check))));
}

function checked(certificate: Content, key: Content): CheckResult {
	return checkPair(uploaded(certificateName, certificate), uploaded(keyName, key), {hosts: [name], at: new Date()});
}

function timeOf(check: () => boolean): number {
	const started = performance.now();
	const isRight = check();
	const took = performance.now() - started;
	if (!isRight) {
		throw new Error('The check of the benchmark had the wrong result.');
	}

	return took;
}
