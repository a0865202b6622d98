// `tanos host doctor`: everything that a replacement through the console of this host needs, each with its fix. Changes nothing.
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {execa} from 'execa';
import {exitCodes} from '../../exit-codes.js';
import {ifPresent} from '../../if-present.js';
import {checkTarget} from '../../installation/check-target.js';
import {hostTarget} from '../../installation/target.js';
import {messageOf} from '../../problem.js';
import {sanitise} from '../../sanitise.js';
import {accountEntries} from '../../services/accounts.js';
import {hostProgram} from '../../services/host-program.js';
import {showUnit} from '../../services/systemctl.js';
import {print, type Command} from '../command.js';
import {hostDoctorDefinition} from '../definitions/host.js';
import {parseCall} from '../parse-call.js';
import {readSessionPart, sessionPart, sessionPartFor} from './session-folders.js';
import {sockets} from './settings.js';
import {hostLayout, hostSite} from './site.js';
import {describedTargets, targetsIn} from './targets.js';

/** What was looked at, what is wrong with it, and what to do; a note is for knowing only. */
type Examined = {what: string; problem?: string; fix?: string; note?: string};

/** `tanos host doctor`. */
export const hostDoctor: Command = async words => {
	const {values} = parseCall(hostDoctorDefinition, words);
	const examined = [
		root(),
		...(await units()),
		...(await groups()),
		...(await sshd()),
		await lockout(),
		...(await targets()),
		await leases(),
		...(await confinement()),
		{what: 'Roles and arrays', note: 'servers on several hosts are replaced one by one: arrays are for appliances.'},
	];
	const ok = examined.every(({problem}) => problem === undefined);
	print(...(values.json ? [JSON.stringify({ok, checks: examined})] : examined.flatMap(one => linesOf(one))));
	return ok ? exitCodes.done : exitCodes.no;
};

function linesOf({what, problem, fix, note}: Examined): string[] {
	const state = problem === undefined ? (note === undefined ? 'ok' : 'note') : 'failed';
	const line = [`${state.padEnd(7)} ${what}`, problem ?? note].filter(text => text !== undefined).join(': ');
	return [sanitise(line), ...(fix === undefined ? [] : [`        ${sanitise(fix)}`])];
}

function root(): Examined {
	const what = 'This is run by root';
	return process.geteuid!() === 0
		? {what}
		: {what, problem: 'parts of the host cannot be looked at', fix: 'Run it as root, such as with sudo.'};
}

async function units(): Promise<Examined[]> {
	const listening = await Promise.all(
		sockets.map(async (unit): Promise<Examined> => {
			const {LoadState, ActiveState, UnitFileState} = await showUnit(unit, ['LoadState', 'ActiveState', 'UnitFileState']);
			const what = `${unit} listens, and will after a boot`;
			return LoadState === 'loaded'
				? ActiveState === 'active' && UnitFileState === 'enabled'
					? {what}
					: {what, problem: `it is ${ActiveState}, ${UnitFileState}`, fix: `systemctl enable --now ${unit}`}
				: {what, problem: 'there is no such unit', fix: 'Install the package, or run: tanos host setup'};
		}),
	);
	const {UnitFileState} = await showUnit('tanos-recover.service', ['UnitFileState']);
	const what = 'What a power cut interrupts is recovered at the next boot';
	const recovery =
		UnitFileState === 'enabled'
			? {what}
			: {what, problem: 'tanos-recover.service is not enabled', fix: 'systemctl enable tanos-recover.service'};
	return [...listening, recovery];
}

const options = {...hostProgram, reject: false, timeout: 10_000} as const;

async function groups(): Promise<Examined[]> {
	return Promise.all(
		['tanadmin', 'tanuser'].map(async (name): Promise<Examined> => {
			const members = await listedMembers(name);
			const what = `The group ${name}`;
			return members === undefined
				? {what, problem: 'it does not exist', fix: `groupadd --system ${name}`}
				: {what, note: members === '' ? `it has no members: usermod --append --groups ${name} USER` : `its members are ${members}`};
		}),
	);
}

/** As group(5) lists them; undefined when there is no such group. */
async function listedMembers(group: string): Promise<string | undefined> {
	const [fields] = await accountEntries('group', group);
	return fields?.[3];
}

/** By the configuration that sshd itself computes for a member of the group (`sshd -T`). */
async function sshd(): Promise<Examined[]> {
	const [member] = (await listedMembers('tanadmin'))?.split(',') ?? [];
	const what = 'sshd gives a member of tanadmin the console';
	if (!member) {
		return [{what, note: 'there is no member to look at.'}];
	}

	const {stdout: effective, exitCode} = await execa('sshd', ['-T', '-C', `user=${member},host=localhost,addr=127.0.0.1`], options);
	const command = /^forcecommand (.*)$/m.exec(effective)?.[1];
	const fix = 'tanos host setup, and look for other settings of sshd with: sshd -T';
	if (exitCode !== 0) {
		return [{what, problem: 'sshd does not accept its configuration', fix: 'Look with: sshd -t'}];
	}

	const isConsole = command === '/usr/bin/tanos host console';
	return [isConsole ? {what} : {what, problem: `for ${member} it has ForceCommand ${command ?? 'none'}`, fix}];
}

/** By PAM's configuration, as Debian (pam-auth-update) and Red Hat (authselect) have it. */
async function lockout(): Promise<Examined> {
	const files = await Promise.all(['/etc/pam.d/common-auth', '/etc/pam.d/password-auth'].map(readIf));
	const what = 'Wrong passwords lock an account';
	return files.some(text => text !== undefined && /^[^#\n]*pam_faillock\.so/m.test(text))
		? {what, note: 'faillock.conf(5) says after how many and for how long; `faillock --user USER --reset` unlocks.'}
		: {what, note: 'they do not: pam-auth-update, or authselect enable-feature with-faillock. Keys are not concerned.'};
}

async function targets(): Promise<Examined[]> {
	const described = await describedTargets(hostLayout);
	const valid = targetsIn(described);
	const checks = await Promise.all(
		valid.map(async target =>
			(await checkTarget(hostSite([target]), hostTarget(target))).map(({what, problem}) => ({
				what: `${target.name}: ${what}`,
				...(problem !== undefined && {problem}),
			})),
		),
	);
	const what = 'Sessions may write the folders of the targets';
	return [
		...described.flatMap(one =>
			'problem' in one ? [{what: `The target ${one.name}`, problem: one.problem.message, fix: one.problem.hint}] : [],
		),
		described.length === 0
			? {what: 'A target', problem: 'there is none in /etc/tanos/targets.d', fix: 'docs/host.md has the format and examples.'}
			: (await readSessionPart()) === sessionPartFor(valid)
				? {what}
				: {what, problem: `${sessionPart} is not what the targets need`, fix: 'tanos host setup'},
		...checks.flat(),
	];
}

/** By which a file that is still being uploaded is told from a whole one. */
async function leases(): Promise<Examined> {
	const what = 'An upload in progress is told from a whole file';
	const {exitCode} = await execa('/usr/bin/perl', ['-MErrno', '-e', '1'], options);
	return exitCode === 0 ? {what} : {what, problem: 'perl is missing', fix: 'apt-get install perl-base, or dnf install perl-interpreter'};
}

/** SELinux and AppArmor confine what systemd does not. */
async function confinement(): Promise<Examined[]> {
	const enforce = (await readIf('/sys/fs/selinux/enforce'))?.trim();
	const selinux =
		enforce === '1'
			? 'enforcing, with which tanos was not tried: look for denials after a rehearsal, with ausearch -m AVC.'
			: enforce === '0'
				? 'permissive.'
				: 'not in use.';
	const enabled = (await readIf('/sys/module/apparmor/parameters/enabled'))?.trim() === 'Y';
	const apparmor = enabled
		? 'in use: a profile of the service must let it read the new files, which have the names of the old ones.'
		: 'not in use.';
	return [
		{what: 'SELinux', note: selinux},
		{what: 'AppArmor', note: apparmor},
	];
}

async function readIf(file: string): Promise<string | undefined> {
	try {
		return await ifPresent(async () => readFile(file, 'utf8'));
	} catch (error) {
		return messageOf(error); // Such as a file that only root may read.
	}
}
