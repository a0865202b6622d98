import {performance} from 'node:perf_hooks';
import {checkPair} from '../src/certificates/check.js';
import {selfSignedPair} from '../src/certificates/issuance/self-signed.js';
import type {UploadedFile} from '../src/certificates/parse/uploaded-file.js';
import {inMs, median, quantile, type Figure} from './figures.js';

const rounds = 200;

/** One check of a good pair, in process, warm. */
export async function checkPairFigures(): Promise<Figure[]> {
	const {certificate, key} = await selfSignedPair({hostnames: ['ts1.example.com'], days: 300});
	const file = (name: string, bytes: Buffer): UploadedFile => ({name, state: 'read', bytes, links: 1, mode: 0o600});
	const samples: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const started = performance.now();
		const {ok} = checkPair(file('SOAPServer.crt', Buffer.from(certificate)), file('SOAPServer.key', Buffer.from(key)), {
			hosts: ['ts1.example.com'],
			at: new Date(),
		});
		samples.push(performance.now() - started);
		if (!ok) {
			throw new Error('the pair of the benchmark is not accepted');
		}
	}

	return [
		{name: 'a check of a pair, median and p99', value: `${inMs(median(samples))}, ${inMs(quantile(samples, 0.99))}`, aim: 'at most 15 ms'},
	];
}
