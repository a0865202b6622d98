import {access} from 'node:fs/promises';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import {sanitise} from '../../sanitise.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {Problem} from '../../problem.js';
import type {LocalFile} from '../../ssh-client/upload-part.js';
import {upload, type Delivery} from '../../ssh-client/upload.js';
import {describeCheck, readPrivately} from '../certificate/check.js';
import {exitCodes, print, UsageError, type Command} from '../command.js';
import {TerminalOperator} from './terminal-operator.js';
import {deleteKey} from './local-key.js';
import {uploadOptionsOf, type UploadOptions} from './options.js';
import {routeTo} from './ssh-config.js';
import {StatusLine} from './status-line.js';
import type {Target} from './target.js';

/** How it went with one appliance. */
type Outcome = {target: string} & ({ok: true} & Delivery | {ok: false; problem: Problem});

/** `tanos upload CRT KEY USER@HOST...`: checks a pair, and copies it to appliances. */
export const uploadCommand: Command = async words => {
	const options = uploadOptionsOf(words);
	await mustExist(options);
	const [certificate, key] = [await readPrivately(options.certificate), await readPrivately(options.key)];
	const status = new StatusLine();
	const desk = new TerminalOperator(status);
	try {
		const result = checkPair(certificate, key, {hosts: options.hosts, at: new Date()});
		if (!options.json) {
			print(...describeCheck(result, options.hosts));
		}

		if (!result.ok && !options.force) {
			return refuse(options, result);
		}

		const files = [named('SOAPServer.crt', certificate), named('SOAPServer.key', key)];
		const outcomes = await deliverAll(options, files, {status, desk});
		const keyDeleted = await dealWithKey(options, outcomes, files[1]!.bytes, desk);
		report(options, result, outcomes, keyDeleted);
		return outcomes.every(({ok}) => ok) ? exitCodes.done : exitCodes.no;
	} finally {
		status.clear();
		desk.leave();
		zeroizeUpload(key);
	}
};

/** OpenSSH passes over a file that is not there; whoever names one wants it used. */
async function mustExist({identity, config}: UploadOptions): Promise<void> {
	if (identity !== undefined && !await exists(identity) && !await exists(`${identity}.pub`)) {
		throw new UsageError(`--identity ${identity}: there is no such file.`);
	}

	if (config !== undefined && !await exists(config)) {
		throw new UsageError(`--config ${config}: there is no such file.`);
	}
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(() => true, () => false);
}

function refuse(options: UploadOptions, result: CheckResult): number {
	if (options.json) {
		report(options, result, [], false);
	} else {
		print('Nothing was uploaded. --force uploads it all the same.');
	}

	return exitCodes.no;
}

/** Throws Problem `unreadable` for a file that even --force cannot upload. */
function named(name: string, file: UploadedFile): LocalFile {
	if (file.state !== 'read') {
		throw new Problem('unreadable', `${file.name} cannot be uploaded: it could not be read.`, 'Name a file of this machine.');
	}

	return {name, bytes: file.bytes};
}

type Desk = {status: StatusLine; desk: TerminalOperator};

/** One appliance after the other, so that every question and every line is about the same one. */
async function deliverAll(options: UploadOptions, files: readonly LocalFile[], {status, desk}: Desk): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const notes = new Set<string>();
	const note = (words: string) => {
		if (!notes.has(words)) {
			notes.add(words);
			desk.tell(words);
		}
	};

	for (const target of options.targets) {
		status.show(`${target.label}: connecting`);
		const outcome = await deliver(target, options, files, {status, desk, note});
		status.clear();
		outcomes.push(outcome);
		if (!options.json) {
			print(...linesOf(outcome, target).map(line => sanitise(line)));
		}
	}

	return outcomes;
}

async function deliver(target: Target, options: UploadOptions, files: readonly LocalFile[], {status, desk, note}: Desk & {note: (words: string) => void}): Promise<Outcome> {
	try {
		const route = await routeTo(target, {...options, note});
		const delivery = await upload({
			route, files, folder: target.folder,
			report: ({file, done, total}) => status.show(`${target.label}: ${file} ${done === total ? 'reading back' : `${Math.floor(done / total * 100)} %`}`),
		}, desk);
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
		return [`failed  ${outcome.target}: ${message}`, ...hint === '' ? [] : [`        ${hint}`]];
	}

	const {target, files, hostKey} = outcome;
	const resumed = files.filter(file => file.resumed > 0).map(({name}) => name);
	return [
		`done    ${target}: ${files.map(({name, bytes}) => `${name} (${bytes} bytes)`).join(' and ')} in ${folder}, read back and equal. Host key ${hostKey}`,
		...resumed.length === 0 ? [] : [`        Went on with what an upload before had left of ${resumed.join(', ')}.`],
		...files.every(({atomic}) => atomic) ? [] : ['        The host cannot replace a file in one step, so for a moment the old one was gone and the new one not there.'],
	];
}

/** Deletes the local key, if that is wanted and every appliance has it. Resolves with whether it was. */
async function dealWithKey({key, localKey, json}: UploadOptions, outcomes: readonly Outcome[], bytes: Buffer, desk: TerminalOperator): Promise<boolean> {
	if (localKey === 'keep') {
		return false;
	}

	const all = outcomes.every(({ok}) => ok);
	if (!all) {
		desk.tell(`${key} stays here: not every host has it.`);
		return false;
	}

	const isWanted = localKey === 'delete' || (!json && desk.isPresent && await desk.agrees(`Every host has the key. Delete ${key} here? No other copy of it should be left.`));
	if (isWanted) {
		await deleteKey(key, bytes);
		desk.tell(`${key} was deleted here. Copies in backups and snapshots are not found by this program.`);
	} else if (!json) {
		desk.tell(`${key} is still here. No copy should be left once the appliance has it; --delete-key deletes it.`);
	}

	return isWanted;
}

function report({json}: UploadOptions, {ok, findings, certificate, key}: CheckResult, outcomes: readonly Outcome[], keyDeleted: boolean): void {
	if (json) {
		const hosts = outcomes.map(outcome => outcome.ok ? outcome : {target: outcome.target, ok: false, code: outcome.problem.code, message: outcome.problem.message, hint: outcome.problem.hint});
		print(JSON.stringify({ok: hosts.length > 0 && outcomes.every(outcome => outcome.ok), pair: {ok, findings, certificate, key}, hosts, keyDeleted}));
		return;
	}

	const failed = outcomes.filter(outcome => !outcome.ok);
	if (outcomes.length > 1) {
		print(sanitise(failed.length === 0 ? `All ${outcomes.length} hosts have the pair.` : `${outcomes.length - failed.length} of ${outcomes.length} hosts have the pair. Not: ${failed.map(outcome => `${outcome.target} (${outcome.problem.code})`).join(', ')}.`));
	}
}
