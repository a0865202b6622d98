import path from 'node:path';
import {zeroizeUpload} from '../../appliance/uploads.js';
import {checkPair, type CheckResult} from '../../certificates/check.js';
import {describeCertificate} from '../../certificates/describe/describe-certificate.js';
import {fingerprintOf} from '../../certificates/parse/pem.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {exitCodes} from '../../exit-codes.js';
import {outcomes, type HostReport} from '../../replace/host-report.js';
import {sanitise, sanitiseLines} from '../../sanitise.js';
import {presentedLeaf} from '../../services/probe.js';
import {describeCheck, describeInLine} from '../certificate/check.js';
import {print, UsageError, type Command} from '../command.js';
import {readLocal} from '../local-file.js';
import {assertFilesExist} from '../upload/before-upload.js';
import {deleteKey} from '../upload/local-key.js';
import {StatusLine} from '../upload/status-line.js';
import {TerminalOperator} from '../upload/terminal-operator.js';
import {learnFrom} from './learn.js';
import {learnOptionsOf, replaceOptionsOf, type LearnOptions, type ReplaceOptions} from './options.js';
import {readProfile} from './profiles.js';
import {ReportFolder} from './report-folder.js';
import {replaceAll, type Run} from './replace-all.js';
import {readPassword} from './secrets.js';

/** `tanos replace CRT KEY USER@HOST...`: replaces the pair of remote appliances by their menus. */
export const replaceCommand: Command = async words => {
	const learning = learnOptionsOf(words);
	if (learning !== undefined) {
		return learnCommand(learning);
	}

	const options = replaceOptionsOf(words);
	await assertFilesExist(options.ssh);
	const profile = await readProfile(options.profile);
	const status = new StatusLine();
	const operator = new TerminalOperator(status);
	const certificate = await readLocal(options.certificate);
	const key = await readLocal(options.key);
	try {
		const result = checkPair(certificate, key, {hosts: options.hosts, at: new Date(), ...(await servedNames(options))});
		print(...describeCheck(result, options.hosts));
		if (result.pair === undefined) {
			print('Nothing was changed.');
			return exitCodes.no;
		}

		return await run({options, profile, operator, status, pair: result.pair, certificate: lineOf(result)}, key);
	} finally {
		status.clear();
		operator.close();
		zeroizeUpload(key);
	}
};

async function learnCommand(options: LearnOptions): Promise<number> {
	await assertFilesExist(options.ssh);
	const operator = new TerminalOperator(new StatusLine());
	try {
		return await learnFrom(options, await readProfile(options.profile), operator);
	} finally {
		operator.close();
	}
}

function lineOf({certificate}: CheckResult): string {
	return certificate === undefined ? '' : describeInLine(certificate);
}

/** The certificate that the first console serves, for the check to report names that would be lost. */
async function servedNames({
	targets,
}: ReplaceOptions): Promise<{installed?: {fingerprint: string; publicKeyFingerprint: string; names: string[]}}> {
	const [{console: place}] = targets as [ReplaceOptions['targets'][number]];
	const leaf = await presentedLeaf({host: place.host, port: place.port, servername: place.host});
	return leaf === undefined ? {} : {installed: describeCertificate(leaf, new Date())};
}

async function run(prepared: Omit<Run, 'report' | 'passwords' | 'chain'>, key: UploadedFile): Promise<number> {
	const {options, operator, pair} = prepared;
	const report = await ReportFolder.make(options.report, options.dryRun && options.report === undefined);
	const passwords = await passwordsOf(options, operator);
	print(...planLines(prepared));
	if (!options.dryRun && !options.yes && !(await isAgreed(operator))) {
		print('Nothing was changed.');
		return exitCodes.no;
	}

	const chain = pair.chain.map(der => fingerprintOf(der));
	const started = new Date().toISOString();
	const hosts = await replaceAll({...prepared, report, passwords, chain});
	const left = options.targets.slice(hosts.length).map(({target}) => target.label);
	const contents = {started, profile: prepared.profile.name, certificate: prepared.certificate, chain, hosts, left};
	await report.write({...contents, keyDeleted: false}); // Before the question, at which the operator may cancel.
	if (await deleteKeyIfWanted(options, operator, {hosts, left, key})) {
		await report.write({...contents, keyDeleted: true});
	}

	print(...summaryOf(hosts, left), ...(report.folder === undefined ? [] : [`Report: ${path.join(report.folder, 'report.md')}`]));
	return Math.max(...hosts.map(({outcome}) => outcomes[outcome].exit));
}

async function passwordsOf({files, dryRun}: ReplaceOptions, operator: TerminalOperator): Promise<Run['passwords']> {
	const read = async (option: string, file: string | undefined) => (file === undefined ? undefined : readPassword(option, file));
	const consolePassword =
		(await read('--console-password-file', files.consolePassword))
		?? (dryRun ? '' : await operator.answer('Password of the Tanium Console admin user: ', {hidden: true}));
	if (consolePassword === undefined) {
		throw new UsageError('The password of the Tanium Console admin user is missing. Use --console-password-file FILE.');
	}

	return {
		account: await read('--password-file', files.password),
		copy: await read('--copy-password-file', files.copyPassword),
		console: consolePassword,
	};
}

function planLines({options: {targets, dryRun, copyUser}, profile}: Pick<Run, 'options' | 'profile'>): string[] {
	const typed = Object.values(profile.screens)
		.filter(({end, answer, secret}) => end === undefined && (answer ?? secret ?? '') !== '')
		.map(
			({title, answer, secret}) => `     ${secret === undefined ? answer?.replaceAll('${user}', '<user>') : `<${secret}>`}  at: ${title}`,
		);
	return [
		...(dryRun ? ['Dry run. The steps would be:'] : ['The steps:']),
		'  1. Look at what is served',
		`  2. Upload SOAPServer.crt and SOAPServer.key to /incoming as ${copyUser}`,
		'  3. Sign in to the console, and type at its screens, each if it is shown:',
		...typed,
		'  4. Prove over TLS that the new certificate is served with its chain',
		...targets.map(({target, console: {host, port}}) => `On ${target.label}, whose console is ${host}:${port}`),
	];
}

async function isAgreed(operator: TerminalOperator): Promise<boolean> {
	if (!operator.isPresent) {
		throw new UsageError('There is no terminal to ask at. In a script: --yes');
	}

	return operator.agrees('The Tanium Server is stopped for a moment. Replace the certificate now?');
}

type Done = {hosts: readonly HostReport[]; left: readonly string[]; key: UploadedFile};

async function deleteKeyIfWanted(
	{localKey, key: file}: ReplaceOptions,
	operator: TerminalOperator,
	{hosts, left, key}: Done,
): Promise<boolean> {
	const isEverywhere = left.length === 0 && hosts.every(({outcome}) => outcome === 'replaced' || outcome === 'already-served');
	if (localKey === 'keep' || key.state !== 'read' || !isEverywhere) {
		return false;
	}

	const isWanted =
		localKey === 'delete'
		|| (operator.isPresent && (await operator.agrees(`Every appliance has the key. Delete the local copy, ${file}?`)));
	if (isWanted) {
		await deleteKey(file, key.bytes);
		operator.notify(`${file} was deleted. Copies in backups and snapshots still exist.`);
	}

	return isWanted;
}

function summaryOf(hosts: readonly HostReport[], left: readonly string[]): string[] {
	return [
		...hosts.flatMap(({host, outcome, problem}) => [
			sanitise(`${outcomes[outcome].exit === exitCodes.done ? 'done   ' : 'failed '} ${host}: ${outcomes[outcome].means}`),
			...(problem === undefined ? [] : [sanitiseLines(problem.message), ...(problem.hint === '' ? [] : [sanitise(problem.hint)])]),
		]),
		...(left.length === 0 ? [] : [`Not begun: ${left.join(', ')}`]),
	];
}
