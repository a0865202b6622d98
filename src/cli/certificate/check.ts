import {exitCodes} from '../../exit-codes.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import {conversionFor} from '../../certificates/conversion/conversion.js';
import {formatDays} from '../../certificates/describe/expiry.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {shellWord} from '../../certificates/rules/finding.js';
import {momentOf, print, UsageError, type Command} from '../command.js';
import {checkDefinition} from '../definitions/certificate.js';
import {hostsOf} from '../hosts.js';
import {readLocal} from '../local-file.js';
import {parseCall} from '../parse-call.js';
import {checkRequestFile} from './check-request-file.js';
import {findingLines} from './finding-lines.js';
import {pairsIn, type NamedPair} from './pairs.js';
import {rootsIn} from './roots.js';

type Options = {hosts: string[]; at: Date; ca?: Buffer};
/** What was found in the files of a pair, and what a conversion would do to them. */
export type Checked = {pair: NamedPair; certificate: UploadedFile; result: CheckResult; conversion: string[]};

/** `tanos certificate check CRT [KEY]`: every finding at once, of one pair or several, or of a certificate alone. */
export const check: Command = async words => {
	const {
		values,
		arguments: {CRT: first, KEY: others},
	} = parseCall(checkDefinition, words);
	const hosts = hostsOf(values.host);
	const ofRequest = others.length === 0 ? await checkRequestFile(first, {hosts, at: momentOf(values.at), json: values.json}) : undefined;
	if (ofRequest !== undefined) {
		return ofRequest;
	}

	const pairs = await pairsIn([first, ...others]);
	const options = {hosts, at: momentOf(values.at), ...(values.ca !== undefined && {ca: await rootsIn(values.ca)})};
	if (pairs.flatMap(({certificate, key}) => [certificate, key]).filter(file => file === '-').length > 1) {
		throw new UsageError('- is standard input, which can be read once only.');
	}

	const checked: Checked[] = [];
	for (const pair of pairs) {
		checked.push(await checkOne(pair, options)); // One after the other, because only one pair should be in memory.
	}

	print(...(values.json ? [toJson(checked)] : checked.flatMap(one => inLines(one, hosts, checked.length > 1))));
	return checked.every(({result}) => result.ok) ? exitCodes.done : exitCodes.no;
};

/** Reads and checks one pair, or a certificate alone. No key stays in memory. */
export async function checkOne(pair: NamedPair, options: Options): Promise<Checked> {
	const certificate = await readLocal(pair.certificate);
	if (pair.key === undefined) {
		return {pair, certificate, result: checkPair(certificate, undefined, options), conversion: []};
	}

	const key = await readLocal(pair.key);
	const result = checkPair(certificate, key, options);
	const conversion = conversionFor({certificate, key}, result.findings); // Certificates can be left out of a pair that is accepted, too.
	zeroizeUpload(key);
	result.pair?.key.fill(0);
	return {pair, certificate, result, conversion: conversion?.titles ?? []};
}

function toJson(checked: readonly Checked[]): string {
	const documents = checked.map(({pair, result: {ok, findings, certificate, key}}) => ({
		...(checked.length > 1 && {files: pair}),
		ok,
		findings,
		certificate,
		key,
	}));
	return JSON.stringify(documents.length === 1 ? documents[0] : {ok: documents.every(({ok}) => ok), pairs: documents});
}

/** What `tanos certificate check` prints of a pair. */
export function inLines({pair, result, conversion}: Checked, hosts: readonly string[], isOneOfMany: boolean): string[] {
	const files = [pair.certificate, pair.key].filter(file => file !== undefined);
	const command = `tanos certificate convert ${files.map(file => shellWord(file)).join(' ')} --out converted`;
	return [
		...(isOneOfMany ? [files.join(' and ')] : []),
		...describeCheck(result, hosts, pair.key === undefined ? 'certificate' : 'pair'),
		...(conversion.length === 0 ? [] : ['A copy can be converted:', ...conversion.map(title => `  ${title}`), `  ${command}`]),
	];
}

/** The certificate, the findings and the verdict on the pair, or on a certificate that was checked without its key, in lines. */
export function describeCheck(
	{ok, findings, certificate}: CheckResult,
	hosts: readonly string[],
	what: 'pair' | 'certificate' = 'pair',
): string[] {
	const withKey = what === 'pair' ? '' : ' with its key, which was not checked';
	return [
		...(certificate ? [describeInLine(certificate)] : []),
		...findingLines(findings, hosts),
		ok ? `The ${what} can be installed${withKey}.` : `The ${what} cannot be installed.`,
	];
}

/** A certificate in one line. */
export function describeInLine({commonName, names, issuer, notAfter, daysLeft, keyType}: NonNullable<CheckResult['certificate']>): string {
	const until = `valid to ${notAfter.slice(0, 10)} (${formatDays(daysLeft)})`;
	return `${commonName}: names ${names.join(', ')}; issued by ${issuer}; ${until}; ${keyType}`;
}
