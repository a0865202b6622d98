import {exitCodes} from '../../exit-codes.js';
import {mkdir, stat, unlink} from 'node:fs/promises';
import {ifPresent} from '../../if-present.js';
import path from 'node:path';
import {createFile, syncFolder} from '../../appliance/atomic-file.js';
import {makeRequest, type NewRequest} from '../../certificates/issuance/request.js';
import {subjectOf, type SubjectFields} from '../../certificates/issuance/subject.js';
import {readRequest, describeRequest, type RequestDescription} from '../../certificates/parse/request-file.js';
import {requestRows} from '../../certificates/describe/rows.js';
import {hasCode, Problem, messageOf} from '../../problem.js';
import {print, printRows, UsageError, wholeNumber, type Command} from '../command.js';
import {requestDefinition} from '../definitions/certificate.js';
import {selfsignDefinition} from '../definitions/windows.js';
import {parseCall, type Call} from '../parse-call.js';
import {assertPathHere} from './path-here.js';

/** The request is absent when only a self-signed certificate is wanted. */
type Files = {key: string; request?: string; certificate: string};
type Values = Call<typeof requestDefinition>['values'];

/** `tanos certificate request`: writes OUT.key, OUT.csr and the self-signed OUT.crt, as KeyUtility makes them. */
export const request: Command = async words => makeFiles(parseCall(requestDefinition, words).values, true);

/** `tanos KeyUtility selfsign`: the same with the words of Tanium's document. Without --export-csr it writes no request. */
export const selfsign: Command = async words => {
	const {values} = parseCall(selfsignDefinition, words);
	return makeFiles(values, values['export-csr']);
};

async function makeFiles(values: Values, withRequest: boolean): Promise<number> {
	assertPathHere(values.out);
	if (/^$|[/]$/.test(values.out)) {
		throw new UsageError(`--out ${values.out}: the name of the files is missing. Example: --out FOLDER/SOAPServer`);
	}

	const hostnames = values.hostname.flatMap(names => names.split(',')).filter(name => name.trim() !== '');
	const subject = subjectOf(hostnames, fieldsIn(values));
	const files = filesFor(values.out, withRequest);
	await assertFree(files);
	const made = await makeRequest(subject, {days: wholeNumber('--days', values.days, 3650)});
	try {
		await write(files, made);
	} finally {
		made.key.fill(0);
	}

	show(files, describeRequest(readRequest(Buffer.from(made.request))), values.json);
	return exitCodes.done;
}

function show(files: Files, about: RequestDescription, json: boolean): void {
	if (json) {
		print(JSON.stringify({...files, ...about}));
		return;
	}

	printRows([
		['Key', `${files.key} (mode 0600; keep it secret)`],
		...(files.request === undefined ? [] : [['Request', `${files.request} (for the CA)`] as const]),
		['Certificate', `${files.certificate} (self-signed, for use without a CA)`],
	]);
	print('');
	printRows(requestRows(about));
}

function fieldsIn(values: Values): SubjectFields {
	const {country, state, locality, organization, 'organizational-unit': organizationalUnit} = values;
	const fields = {country, state, locality, organization, organizationalUnit};
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function filesFor(out: string, withRequest: boolean): Files {
	const stem = path.resolve(out);
	return {key: `${stem}.key`, ...(withRequest && {request: `${stem}.csr`}), certificate: `${stem}.crt`};
}

/** Checked before the key is created. The file system checks again when the files are written. */
async function assertFree(files: Files): Promise<void> {
	for (const file of Object.values(files)) {
		if (
			await stat(file).then(
				() => true,
				() => false,
			)
		) {
			throw taken(file);
		}
	}
}

/** Writes all files or none. */
async function write(files: Files, {key, request, certificate}: NewRequest): Promise<void> {
	const written: string[] = [];
	try {
		await mkdir(path.dirname(files.key), {recursive: true, mode: 0o700});
		const contents = [
			[files.key, key, 0o600],
			...(files.request === undefined ? [] : [[files.request, request, 0o644] as const]),
			[files.certificate, certificate, 0o644],
		] as const;
		for (const [file, bytes, mode] of contents) {
			await createFile(file, bytes, mode);
			written.push(file);
		}

		await syncFolder(path.dirname(files.key));
	} catch (error) {
		await Promise.all(written.map(async file => ifPresent(async () => unlink(file))));
		if (hasCode(error, 'EEXIST') && error instanceof Error && 'path' in error) {
			throw taken(String(error.path));
		}

		const hint = 'Name a folder that you may write to: --out FOLDER/SOAPServer';
		throw new Problem('cannot-write', `The files cannot be written. ${messageOf(error)}`, hint, {cause: error});
	}
}

function taken(file: string): Problem {
	const hint = 'Name another folder or file: --out FOLDER/SOAPServer';
	return new Problem('file-exists', `${file} already exists. It is not overwritten.`, hint);
}
