// The health check of TanOS (3-5): whether the appliance does what it is there for, and will for some time.
import {readFile, stat, unlink} from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import {auditWarning} from '../appliance/audit.js';
import {createWholeFile, replaceFile, syncFolder} from '../appliance/atomic-file.js';
import {assertSharedFolder} from '../appliance/links.js';
import type {Layout} from '../appliance/layout.js';
import {formatMoment} from '../appliance/stamp.js';
import {formatStored, parseStored} from '../appliance/stored-json.js';
import {expiryAdvice, formatDays} from '../certificates/describe/expiry.js';
import {formatRows} from '../format-rows.js';
import {ifPresent} from '../if-present.js';
import {plainKeysIn} from '../installation/outgoing-keys.js';
import {gatherFacts, type Facts, type Observed, type PairFacts} from './facts.js';

/** A health check as JSON has it. */
export const healthSchema = v.object({
	/** When it was made, ISO 8601 in UTC. */
	at: v.string(),
	appliance: v.string(),
	checks: v.array(
		v.object({
			name: v.string(),
			state: v.picklist(['good', 'warning', 'bad']),
			result: v.string(),
			/** What to do; null when nothing is wrong. */
			fix: v.nullable(v.string()),
		}),
	),
});
export type Health = v.InferOutput<typeof healthSchema>;
type Check = Health['checks'][number];

/** The name of the report in /outgoing, as on TanOS. */
const reportName = 'health.log';

/**
 * Checks the appliance, or a Linux host, and leaves the report in /outgoing in place of an earlier one. Rejects with Problem
 * `folder-is-link`, and as gatherFacts() does.
 */
export async function runHealthCheck(observed: Observed, at: Date): Promise<Health> {
	const {layout, identity} = observed;
	const {outgoing} = layout;
	const [facts, unlogged, plainKeys] = await Promise.all([gatherFacts(observed, at), auditWarning(layout), plainKeysIn(layout)]);
	const checks = [...checksOf(facts), auditCheck(unlogged), plainKeysCheck(plainKeys), diskCheck(facts)];
	const health = {at: at.toISOString(), appliance: identity.name, checks};
	const report = path.join(outgoing, reportName);
	await assertSharedFolder(outgoing);
	await ifPresent(async () => unlink(report));
	await createWholeFile(report, `${reportOf(health).join('\n')}\n`, 0o644);
	await syncFolder(outgoing);
	return health;
}

/** The report in lines. */
export function reportOf({at, appliance, checks}: Health): string[] {
	const rows = checks.map(({name, state, result}) => [name, `${labels[state]}${result}`] as const);
	const fixes = checks.flatMap(({name, fix}) => (fix === null ? [] : [`${name}: ${fix}`]));
	return [
		`Health check of ${appliance}, ${formatMoment(at)}`,
		'',
		...formatRows(rows),
		'',
		...(fixes.length === 0 ? ['Nothing is wrong.'] : fixes),
	];
}

const labels = {good: '', warning: 'WARNING: ', bad: 'BAD: '};

/** The worst state among the checks. */
export function worstOf({checks}: Health): Check['state'] {
	const states = checks.map(({state}) => state);
	return states.includes('bad') ? 'bad' : states.includes('warning') ? 'warning' : 'good';
}

function checksOf(facts: Facts): Check[] {
	return [
		...facts.services.map(({name, running}) =>
			running ? good(`Service ${name}`, 'running') : bad(`Service ${name}`, 'stopped', 'Start it: 2-1'),
		),
		...facts.pairs.flatMap(pair => pairChecks(pair)),
		...facts.connections.map(({number, from, to, ok, result, fix}): Check => {
			const name = `Connection ${number}`;
			return ok ? good(name, `${from} to ${to}, works`) : bad(name, `${from} to ${to}: ${result}`, fix ?? 'See 4.');
		}),
		facts.interrupted === undefined
			? good('Installation', 'none is interrupted')
			: bad('Installation', facts.interrupted, 'Sign in at the console: it is finished or undone first.'),
	];
}

function auditCheck(warning: string | undefined): Check {
	return warning === undefined
		? good('Audit log', 'can be written')
		: bad('Audit log', warning, 'Make room on the disk, or fix the owner and mode of var/log/tanos.');
}

function pairChecks({target, expiry, fault, isServed, untrusted}: PairFacts): Check[] {
	const {server, menu, fileNames, host, name} = target;
	const {certificate, key} = host ? {certificate: `${name}: certificate`, key: `${name}: key`} : fileNames;
	const replace = `Install another pair: ${menu}`;
	const days = expiry && `valid to ${expiry.notAfter.slice(0, 10)}, ${formatDays(expiry.daysLeft)}`;
	const state = expiry?.warning === undefined ? 'good' : expiry.warning <= 1 ? 'bad' : 'warning';
	return [
		days === undefined
			? bad(certificate, 'cannot be read', replace)
			: {name: certificate, state, result: days, fix: expiry?.warning === undefined ? null : expiryAdvice(expiry.warning, menu)},
		fault === undefined ? good(key, 'belongs to this certificate') : bad(key, fault, replace),
		isServed === true
			? good(server, 'presents the installed certificate')
			: bad(
					server,
					isServed === undefined ? 'does not answer' : 'presents another certificate than the installed one',
					isServed === undefined ? 'Start it: 2-1' : 'Restart it: 2-1',
				),
		...(host && isServed !== undefined ? [trustCheck(name, untrusted)] : []),
	];
}

function trustCheck(target: string, untrusted: string | undefined): Check {
	const name = `${target}: trust`;
	return untrusted === undefined
		? good(name, 'verified with the CA certificates of this host')
		: {
				name,
				state: 'warning',
				result: `not verified with the CA certificates of this host: ${untrusted}`,
				fix: 'Install the certificate with its chain; if its CA is private, add it to this host: update-ca-certificates',
			};
}

function plainKeysCheck(plainKeys: readonly string[]): Check {
	const name = 'Keys in /outgoing';
	return plainKeys.length === 0
		? good(name, 'none that is not encrypted')
		: {
				name,
				state: 'warning',
				result: plainKeys.length === 1 ? '1 that is not encrypted' : `${plainKeys.length} that are not encrypted`,
				fix: 'Fetch and delete them by SFTP, or set a backup key: B-K',
			};
}

const mebibyte = 1024 * 1024;
/** Below this much an installation is not begun any more, and below the other one it is time to make room; in bytes. */
const disk = {least: 16 * mebibyte, enough: 256 * mebibyte};

function diskCheck({disk: {free, size}}: Facts): Check {
	const name = 'Free disk space';
	const result = `${Math.floor(free / mebibyte)} MiB of ${Math.floor(size / mebibyte)} MiB`;
	return free < disk.least
		? bad(name, result, 'Make room before you change anything.')
		: free < disk.enough
			? {name, state: 'warning', result, fix: 'Make room.'}
			: good(name, result);
}

function good(name: string, result: string): Check {
	return {name, state: 'good', result, fix: null};
}

function bad(name: string, result: string, fix: string): Check {
	return {name, state: 'bad', result, fix};
}

/** The hour of the day, in UTC, at which a health check is scheduled. */
const scheduledHour = 2;

/** Runs the scheduled health check if it is due: once a day. Rejects as runHealthCheck() does. */
export async function runScheduledHealthCheck(site: Observed, now: Date): Promise<void> {
	const {layout} = site;
	const last = await lastScheduledHealth(layout);
	const since = last ? new Date(last.at) : (await stat(layout.hostKey)).mtime; // The key is as old as the appliance.
	const due = new Date(now);
	due.setUTCHours(scheduledHour, 0, 0, 0);
	if (since < due && due <= now) {
		await keepHealth(layout, await runHealthCheck(site, now));
	}
}

/** Keeps a result as that of the last scheduled health check. */
export async function keepHealth(layout: Layout, health: Health): Promise<void> {
	await replaceFile(layout.health, formatStored(health), 0o600);
}

/** The result of the last scheduled health check; undefined when there is none that can be read. */
export async function lastScheduledHealth({health}: Layout): Promise<Health | undefined> {
	try {
		return parseStored(await readFile(health, 'utf8'), healthSchema);
	} catch {
		return undefined;
	}
}
