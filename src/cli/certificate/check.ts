import {exitCodes} from '../../exit-codes.js';
import {parseArgs} from 'node:util';
import {zeroizeUpload, readUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {momentOf, print, UsageError, type Command} from '../command.js';
import {bytesOfFile} from '../files.js';

/** `tanos certificate check CRT KEY`: every finding at once. */
export const check: Command = async words => {
	const {values, positionals: [certificateFile, keyFile, ...more]} = parseArgs({args: words, allowPositionals: true, options: {
		host: {type: 'string', multiple: true, default: []}, ca: {type: 'string'}, at: {type: 'string'}, json: {type: 'boolean', default: false},
	}});
	if (certificateFile === undefined || keyFile === undefined || more.length > 0) {
		throw new UsageError('Name a certificate and its key: tanos certificate check CRT KEY');
	}

	const key = await readPrivately(keyFile);
	const result = checkPair(await readPrivately(certificateFile), key, {
		hosts: values.host, at: momentOf(values.at), ...(values.ca !== undefined && {ca: await bytesOfFile(values.ca, 'Name the root certificate in PEM form.')}),
	});
	zeroizeUpload(key);
	result.pair?.key.fill(0);
	print(...(values.json ? [inJson(result)] : describeCheck(result, values.host)));
	return result.ok ? exitCodes.done : exitCodes.no;
};

/** Who may read a file matters in /incoming; elsewhere it is its owner's affair. */
export async function readPrivately(file: string): Promise<UploadedFile> {
	const upload = await readUpload(file);
	return upload.state === 'read' ? {...upload, mode: 0o600} : upload;
}

function inJson({ok, findings, certificate, key}: CheckResult): string {
	return JSON.stringify({ok, findings, certificate, key});
}

export function describeCheck({ok, findings, certificate}: CheckResult, hosts: readonly string[]): string[] {
	return [
		...(certificate ? [`${certificate.commonName}: names ${certificate.names.join(', ')}; issued by ${certificate.issuer}; valid to ${certificate.notAfter.slice(0, 10)} (${certificate.daysLeft} days left); ${certificate.keyType}`] : []),
		...(hosts.length === 0 ? ['No host was given (--host), so no name was compared.'] : []),
		...findings.flatMap(({severity, id, file, message, hint}) => [`${severity} ${id} (${file}): ${message}`, ...(hint === '' ? [] : [`  ${hint}`])]),
		ok ? 'The pair can be installed.' : 'The pair cannot be installed.',
	];
}
