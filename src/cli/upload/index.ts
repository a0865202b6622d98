import {exitCodes} from '../../exit-codes.js';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import {sanitise} from '../../sanitise.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {Problem} from '../../problem.js';
import type {LocalFile} from '../../ssh-client/upload-part.js';
import {upload, type Delivery} from '../../ssh-client/upload.js';
import {describeCheck} from '../certificate/check.js';
import {readLocal} from '../local-file.js';
import {print, type Command} from '../command.js';
import {TerminalOperator} from './terminal-operator.js';
import {assertFilesExist, isRightCertificate} from './before-upload.js';
import {deleteKey} from './local-key.js';
import {uploadOptionsOf, type UploadOptions} from './options.js';
import {routeTo} from './ssh-config.js';
import {StatusLine} from './status-line.js';
import type {Target} from './target.js';

/** The outcome for one appliance. */
type Outcome = {target: string} & (({ok: true} & Delivery) | {ok: false; problem: Problem});

/** `tanos upload CRT [KEY] USER@HOST...`: checks a pair, or a certificate alone, and uploads it to appliances. */
export const uploadCommand: Command = async words => {
	const options = uploadOptionsOf(words);
	await assertFilesExist(options);
	const certificate = await readLocal(options.certificate);
	const key = options.key === undefined ? undefined : await readLocal(options.key);
	const status = new StatusLine();
	const operator = new TerminalOperator(status);
	try {
		const result = checkPair(certificate, key, {hosts: options.hosts, at: new Date()});
		if (!options.json) {
			print(...describeCheck(result, options.hosts, key === undefined ? 'certificate' : 'pair'));
		}

		if (!result.ok && !options.force) {
			return refuse(options, result);
		}

		if (!(await isRightCertificate(options, certificate, operator))) {
			return refuse(options, result);
		}

		const files = [localFile('SOAPServer.crt', certificate), ...(key === undefined ? [] : [localFile('SOAPServer.key', key)])];
		const outcomes = await deliverAll(options, files, {status, operator});
		const keyDeleted =
			options.key !== undefined && (await deleteKeyIfWanted(options.key, options, outcomes, {bytes: files[1]!.bytes, operator}));
		report(options, result, outcomes, keyDeleted);
		return outcomes.every(({ok}) => ok) ? exitCodes.done : exitCodes.no;
	} finally {
		status.clear();
		operator.close();
		if (key !== undefined) {
			zeroizeUpload(key);
		}
	}
};

function refuse(options: UploadOptions, result: CheckResult): number {
	if (options.json) {
		report(options, result, [], false);
	} else {
		print('Nothing was uploaded. To upload it anyway: --force');
	}

	return exitCodes.no;
}

/** Throws Problem `unreadable` for a file that even --force cannot upload. */
function localFile(name: string, file: UploadedFile): LocalFile {
	if (file.state !== 'read') {
		throw new Problem('unreadable', `${file.name} cannot be uploaded: it could not be read.`, 'Name a readable file.');
	}

	return {name, bytes: file.bytes};
}

type Ui = {status: StatusLine; operator: TerminalOperator};

/** Uploads to one appliance at a time, so that their questions and messages do not mix. */
async function deliverAll(options: UploadOptions, files: readonly LocalFile[], {status, operator}: Ui): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const notes = new Set<string>();
	const note = (words: string) => {
		if (!notes.has(words)) {
			notes.add(words);
			operator.notify(words);
		}
	};

	for (const target of options.targets) {
		status.show(`${target.label}: connecting`);
		const outcome = await deliver(target, options, files, {status, operator, note});
		status.clear();
		outcomes.push(outcome);
		if (!options.json) {
			print(...linesOf(outcome, target).map(line => sanitise(line)));
		}
	}

	return outcomes;
}

async function deliver(
	target: Target,
	options: UploadOptions,
	files: readonly LocalFile[],
	{status, operator, note}: Ui & {note: (words: string) => void},
): Promise<Outcome> {
	try {
		const route = await routeTo(target, {...options, note});
		const delivery = await upload(
			{
				route,
				files,
				folder: target.folder,
				report: ({file, done, total}) =>
					status.show(`${target.label}: ${file} ${done === total ? 'reading back' : `${Math.floor((done / total) * 100)} %`}`),
			},
			operator,
		);
		return {target: target.label, ok: true, ...delivery};
	} catch (error) {
		if (error instanceof Problem && error.code !== 'given-up') {
			return {target: target.label, ok: false, problem: error};
		}

		throw error;
	}
}

function linesOf(outcome: Outcome, {folder}: Target): string[] {
	if (!outcome.ok) {
		const {message, hint} = outcome.problem;
		return [`failed  ${outcome.target}: ${message}`, ...(hint === '' ? [] : [`        ${hint}`])];
	}

	const {target, files, hostKey} = outcome;
	const resumed = files.filter(file => file.resumed > 0).map(({name}) => name);
	const described = files.map(({name, bytes}) => `${name} (${bytes} bytes)`);
	return [
		`done    ${target}: ${described.join(' and ')} in ${folder}, read back and verified. Host key ${hostKey}`,
		...(resumed.length === 0 ? [] : [`        Resumed a previous upload of ${resumed.join(', ')}.`]),
		...(files.every(({atomic}) => atomic)
			? []
			: ['        The host has no atomic rename: for a moment neither the old nor the new file existed.']),
	];
}

/** Deletes the local key, if requested and every appliance has it. Resolves with whether it was deleted. */
async function deleteKeyIfWanted(
	key: string,
	{localKey, json}: UploadOptions,
	outcomes: readonly Outcome[],
	{bytes, operator}: {bytes: Buffer; operator: TerminalOperator},
): Promise<boolean> {
	if (localKey === 'keep') {
		return false;
	}

	const all = outcomes.every(({ok}) => ok);
	if (!all) {
		operator.notify(`${key} was kept: not every host has it.`);
		return false;
	}

	const asks = async () => operator.agrees(`Every host has the key. Delete the local copy, ${key}?`);
	const isWanted = localKey === 'delete' || (!json && operator.isPresent && (await asks()));
	if (isWanted) {
		await deleteKey(key, bytes);
		operator.notify(`${key} was deleted. Copies in backups and snapshots still exist.`);
	} else if (!json) {
		operator.notify(`${key} was kept. Once the appliance has it, delete every other copy; --delete-key does so here.`);
	}

	return isWanted;
}

function report(
	{json, key: keyFile}: UploadOptions,
	{ok, findings, certificate, key}: CheckResult,
	outcomes: readonly Outcome[],
	keyDeleted: boolean,
): void {
	if (json) {
		const hosts = outcomes.map(outcome =>
			outcome.ok
				? outcome
				: {
						target: outcome.target,
						ok: false,
						code: outcome.problem.code,
						message: outcome.problem.message,
						hint: outcome.problem.hint,
					},
		);
		print(
			JSON.stringify({
				ok: hosts.length > 0 && outcomes.every(outcome => outcome.ok),
				pair: {ok, findings, certificate, key},
				hosts,
				keyDeleted,
			}),
		);
		return;
	}

	if (outcomes.length > 1) {
		print(sanitise(summaryOf(outcomes, keyFile === undefined ? 'the certificate' : 'the pair')));
	}
}

/** Which of several hosts have what was uploaded. */
function summaryOf(outcomes: readonly Outcome[], what: string): string {
	const failed = outcomes.filter(outcome => !outcome.ok);
	const missing = failed.map(outcome => `${outcome.target} (${outcome.problem.code})`).join(', ');
	return failed.length === 0
		? `All ${outcomes.length} hosts have ${what}.`
		: `${outcomes.length - failed.length} of ${outcomes.length} hosts have ${what}. Missing: ${missing}.`;
}
