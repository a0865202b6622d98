import {exitCodes} from '../../exit-codes.js';
import {mkdir, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {createFile, syncFolder} from '../../appliance/atomic-file.js';
import {makeRequest, type NewRequest} from '../../certificates/issuance/request.js';
import {subjectOf, type SubjectFields} from '../../certificates/issuance/subject.js';
import {readRequest, describeRequest} from '../../certificates/parse/request-file.js';
import {requestRows} from '../../certificates/describe/rows.js';
import {hasCode, Problem, messageOf} from '../../problem.js';
import {print, printRows, UsageError, wholeNumber, type Command} from '../command.js';

type Files = {key: string; request: string; certificate: string};

const subjectOptions = {
	country: {type: 'string'}, state: {type: 'string'}, locality: {type: 'string'}, organization: {type: 'string'},
	'organizational-unit': {type: 'string'},
} as const;

/** `tanos certificate request --hostname A[,B] --out PATH`: PATH.key, PATH.csr and the self-signed PATH.crt, as KeyUtility makes them. */
export const request: Command = async words => {
	const {values} = parseArgs({args: words, options: {
		...subjectOptions, hostname: {type: 'string', multiple: true, default: []}, out: {type: 'string'}, days: {type: 'string', default: '365'},
		json: {type: 'boolean', default: false},
	}});
	if (values.hostname.length === 0 || values.out === undefined || /^$|[/]$/.test(values.out)) {
		throw new UsageError('Say for which server and where: tanos certificate request --hostname ts1.example.com --out FOLDER/SOAPServer');
	}

	const hostnames = values.hostname.flatMap(names => names.split(',')).filter(name => name.trim() !== '');
	const subject = subjectOf(hostnames, fieldsIn(values));
	const files = filesFor(values.out);
	await assertFree(files);
	const made = await makeRequest(subject, {days: wholeNumber('--days', values.days, 3650)});
	try {
		await write(files, made);
	} finally {
		made.key.fill(0);
	}

	const about = describeRequest(readRequest(Buffer.from(made.request)));
	if (values.json) {
		print(JSON.stringify({...files, ...about}));
	} else {
		printRows([['Key', `${files.key} (mode 0600; keep it to yourself)`], ['Request', `${files.request} (for the CA)`], ['Certificate', `${files.certificate} (self-signed, for whoever needs no CA)`]]);
		print('');
		printRows(requestRows(about));
	}

	return exitCodes.done;
};

function fieldsIn(values: Record<string, unknown>): SubjectFields {
	const {country, state, locality, organization, 'organizational-unit': organizationalUnit} = values as Record<string, string | undefined>;
	return Object.fromEntries(Object.entries({country, state, locality, organization, organizationalUnit}).filter(([, value]) => value !== undefined));
}

function filesFor(out: string): Files {
	const stem = path.resolve(out);
	return {key: `${stem}.key`, request: `${stem}.csr`, certificate: `${stem}.crt`};
}

/** Looked at before the key is made, and again by the file system when the files are. */
async function assertFree(files: Files): Promise<void> {
	for (const file of Object.values(files)) {
		if (await stat(file).then(() => true, () => false)) {
			throw taken(file);
		}
	}
}

/** All three files, or none. */
async function write(files: Files, {key, request, certificate}: NewRequest): Promise<void> {
	const written: string[] = [];
	try {
		await mkdir(path.dirname(files.key), {recursive: true, mode: 0o700});
		for (const [file, bytes, mode] of [[files.key, key, 0o600], [files.request, request, 0o644], [files.certificate, certificate, 0o644]] as const) {
			await createFile(file, bytes, mode);
			written.push(file);
		}

		await syncFolder(path.dirname(files.key));
	} catch (error) {
		await Promise.all(written.map(async file => rm(file, {force: true})));
		if (hasCode(error, 'EEXIST') && error instanceof Error && 'path' in error) {
			throw taken(String(error.path));
		}

		throw new Problem('cannot-write', `The files cannot be written. ${messageOf(error)}`, 'Name a folder that you may write to: --out FOLDER/SOAPServer', {cause: error});
	}
}

function taken(file: string): Problem {
	return new Problem('file-exists', `${file} exists already, and nothing is written over it.`, 'Name another folder or file: --out FOLDER/SOAPServer');
}
