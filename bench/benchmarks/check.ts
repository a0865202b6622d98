import {performance} from 'node:perf_hooks';
import {checkPair} from '../../src/certificates/check.js';
import {selfSignedPair} from '../../src/certificates/issuance/self-signed.js';
import type {UploadedFile} from '../../src/certificates/parse/uploaded-file.js';
import {aimFor, figureOf, type Figure} from '../figure.js';
import {median, quantile} from '../statistics.js';

const name = 'ts1.example.com';
const warmUp = 20;
const rounds = 200;

export async function* measure(): AsyncGenerator<Figure> {
	const {certificate, key} = await selfSignedPair({hostnames: [name], days: 300});
	const check = () => timeOfCheck(Buffer.from(certificate), Buffer.from(key));
	Array.from({length: warmUp}, check);
	const samples = Array.from({length: rounds}, check);
	yield figureOf({what: `median of ${rounds}`, unit: 'ms', tanos: median(samples), aim: aimFor('under', 5)});
	yield figureOf({what: `p99 of ${rounds}`, unit: 'ms', tanos: quantile(samples, 0.99), aim: aimFor('under', 20)});
}

function timeOfCheck(certificate: Buffer, key: Buffer): number {
	const started = performance.now();
	const {ok} = checkPair(fileOf('SOAPServer.crt', certificate), fileOf('SOAPServer.key', key), {hosts: [name], at: new Date()});
	const took = performance.now() - started;
	if (!ok) {
		throw new Error('The valid pair of the benchmark was refused.');
	}

	return took;
}

function fileOf(fileName: string, bytes: Buffer): UploadedFile {
	return {name: fileName, state: 'read', bytes, links: 1, mode: 0o600};
}
