// One round: an installation that something is killed in, and the recoveries after it.
import {once} from 'node:events';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import type {Numbers} from '../fuzz/numbers.js';
import type {Site} from './site.js';

export const victims = ['installation', 'service', 'appliance'] as const;
type Victim = (typeof victims)[number];

/** How often a recovery may be killed in one round. */
const maxKills = 4;
/** Recoveries take about as long as this, in milliseconds, when there is something to recover. */
const recoveryMs = 1500;

/** Uploads, installs, and kills after this time. Resolves with the exit code of the installation, unless that was killed. */
export async function installWithKill(site: Site, victim: Victim, afterMs: number): Promise<{installExit: number | undefined}> {
	await site.upload();
	const installation = site.start('soap', 'install');
	const ended = once(installation, 'close') as Promise<[number | null]>;
	await Promise.race([delay(afterMs), ended]);
	if (victim === 'installation') {
		installation.kill('SIGKILL');
	} else if (victim === 'service') {
		await killService(site);
	} else {
		await killAll(site);
	}

	const [code] = await ended;
	return {installExit: code ?? undefined};
}

/** Recovers until a recovery is not killed. Resolves with its exit code, and how many were killed. */
export async function recoverWithKills(site: Site, numbers: Numbers): Promise<{recoverExit: number; killedRecoveries: number}> {
	let killedRecoveries = 0;
	while (killedRecoveries < maxKills && numbers.chance(0.5)) {
		const recovery = site.start('recover');
		const ended = once(recovery, 'close');
		await Promise.race([delay(numbers.below(recoveryMs)), ended]);
		killedRecoveries += recovery.kill('SIGKILL') ? 1 : 0;
		await ended;
	}

	const {exitCode = -1} = await site.run('recover');
	return {recoverExit: exitCode, killedRecoveries};
}

async function killService(site: Site): Promise<void> {
	const {stdout} = await site.run('service', 'status', 'json');
	const {services = []} = parsed(stdout) as {services?: Array<{name: string; pid?: number}>};
	const pid = services.find(({name}) => name === 'taniumserver')?.pid;
	if (pid !== undefined) {
		kill(pid);
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}

async function killAll(site: Site): Promise<void> {
	for (const pid of await site.processes()) {
		kill(pid);
	}
}

function kill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended.
	}
}
