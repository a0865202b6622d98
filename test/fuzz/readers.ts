// What the other readers promise for any file: a Problem in words, or something that the check can judge; never another error.
import {describeContents} from '../../src/certificates/describe/describe-contents.js';
import {conversionFor} from '../../src/certificates/conversion/conversion.js';
import {convert, type Converted} from '../../src/certificates/conversion/convert.js';
import {checkPair, type CheckResult} from '../../src/certificates/check.js';
import {readRequest, describeRequest} from '../../src/certificates/parse/request-file.js';
import {Problem} from '../../src/problem.js';
import {certificateName, keyName, uploaded} from '../certificates/fixtures/files.js';
import {at} from '../certificates/fixtures/make.js';
import type {Pair} from './seeds.js';

/** How often each reader understood what it was given: one that never does is not tried. */
export const understood = {contents: 0, requests: 0, conversions: 0};

/** Shows both files to the readers, and converts what can be converted. Says which promise is broken, if one is. */
export function examineReaders({certificate, key}: Pair, {findings}: CheckResult): string | undefined {
	for (const file of [certificate, key]) {
		const broken = tried('contents', () => describeContents(file, at)) ?? tried('requests', () => describeRequest(readRequest(file)));
		if (broken !== undefined) {
			return broken;
		}
	}

	const files = {certificate: uploaded(certificateName, certificate), key: uploaded(keyName, key)};
	const conversion = conversionFor(files, findings);
	return conversion?.locked.length === 0 ? tried('conversions', () => judged({certificate, key})) : undefined;
}

/** Converts both files and checks what comes out; one that the conversion leaves alone is checked as it is. */
function judged({certificate, key}: Pair): CheckResult {
	const source = (name: string, bytes: Buffer) => ({name, bytes, passphrase: '', keep: false});
	const converted: Converted = convert({cert: source(certificateName, certificate), key: source(keyName, key)});
	return checkPair(uploaded(certificateName, converted.certificate ?? certificate), uploaded(keyName, converted.key ?? key), {
		hosts: [],
		at,
	});
}

function tried(what: keyof typeof understood, read: () => unknown): string | undefined {
	try {
		read();
		understood[what]++;
		return undefined;
	} catch (error) {
		return error instanceof Problem
			? undefined
			: `${what}: it throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
	}
}
