import {exitCodes} from '../../exit-codes.js';
import {zeroizeUpload, readUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {momentOf, print, type Command} from '../command.js';
import {checkDefinition} from '../definitions/certificate.js';
import {bytesOfFile} from '../files.js';
import {parseCall} from '../parse-call.js';

/** `tanos certificate check CRT KEY`: every finding at once. */
export const check: Command = async words => {
	const {
		values,
		arguments: {CRT: certificateFile, KEY: keyFile},
	} = parseCall(checkDefinition, words);
	const key = await readPrivately(keyFile);
	const result = checkPair(await readPrivately(certificateFile), key, {
		hosts: values.host,
		at: momentOf(values.at),
		...(values.ca !== undefined && {ca: await bytesOfFile(values.ca, 'Name the root certificate in PEM form.')}),
	});
	zeroizeUpload(key);
	result.pair?.key.fill(0);
	print(...(values.json ? [toJson(result)] : describeCheck(result, values.host)));
	return result.ok ? exitCodes.done : exitCodes.no;
};

/** The mode of a file matters in /incoming only. */
export async function readPrivately(file: string): Promise<UploadedFile> {
	const upload = await readUpload(file, {followsFolder: true});
	return upload.state === 'read' ? {...upload, mode: 0o600} : upload;
}

function toJson({ok, findings, certificate, key}: CheckResult): string {
	return JSON.stringify({ok, findings, certificate, key});
}

/** The certificate, the findings and the verdict, in lines. */
export function describeCheck({ok, findings, certificate}: CheckResult, hosts: readonly string[]): string[] {
	return [
		...(certificate ? [describe(certificate)] : []),
		...(hosts.length === 0 ? ['No host was given (--host), so the names were not checked.'] : []),
		...findings.flatMap(({severity, id, file, message, hint}) => [
			`${severity} ${id} (${file}): ${message}`,
			...(hint === '' ? [] : [`  ${hint}`]),
		]),
		ok ? 'The pair can be installed.' : 'The pair cannot be installed.',
	];
}

function describe({commonName, names, issuer, notAfter, daysLeft, keyType}: NonNullable<CheckResult['certificate']>): string {
	const until = `valid to ${notAfter.slice(0, 10)} (${daysLeft} days left)`;
	return `${commonName}: names ${names.join(', ')}; issued by ${issuer}; ${until}; ${keyType}`;
}
