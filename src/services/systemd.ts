// A host's services: units of systemd. systemctl's exit code does not say that a service runs: one of Type=simple or exec "starts"
// although it ends at once. So its state is polled, and a TLS connection where it serves one.
import {setTimeout as delay} from 'node:timers/promises';
import {messageOf, Problem} from '../problem.js';
import {presentedBy, type Served} from './probe.js';
import type {Services, UnitName} from './service.js';
import {journalEnd, journalSince, showUnit, systemctl} from './systemctl.js';

/** Where the units serve TLS; a unit that is not here is ready when systemd says so. */
export type ServedBy = Readonly<Partial<Record<UnitName, readonly Served[]>>>;

/** How long a unit may take to become active and to answer, in milliseconds: longer than TimeoutStartSec= of most units. */
const startTimeoutMs = 120_000;
const pauseMs = 50;

/** The units of this host. It has none of the services of an appliance, so `names` is empty. */
export function systemdServices(served: ServedBy, timeoutMs = startTimeoutMs): Services {
	/** The preparations of starts of units that were stopped here: made while their files are swapped, so that the start need not wait. */
	const prepared = new Map<string, Promise<string>>();
	const services: Services = {
		names: [],
		async state(name) {
			const shown = await look(name);
			return isRunning(shown) ? {name, running: true, ...identityOf(shown)} : {name, running: false};
		},
		async start(name) {
			const end = prepared.get(name);
			prepared.delete(name);
			if (end !== undefined || (await look(name)).ActiveState !== 'active') {
				await start(name, await (end ?? prepareStart(name)), served[name as UnitName] ?? [], timeoutMs);
			}
		},
		async stop(name) {
			await stop(name);
			prepared.set(name, prepareStart(name));
		},
		async restart(name) {
			await services.stop(name);
			await services.start(name);
		},
		reload,
		dependents,
		check: assertControllable,
		logEnd: endOfJournal,
		logSince: async (name, end, maxLines) => journalSince(name, end, maxLines).catch(() => []),
	};
	return services;
}

const properties = [
	'LoadState',
	'LoadError',
	'ActiveState',
	'SubState',
	'Result',
	'MainPID',
	'InvocationID',
	'NRestarts',
	'ActiveEnterTimestampMonotonic',
	'RefuseManualStart',
	'RefuseManualStop',
] as const;
type Shown = Partial<Record<(typeof properties)[number], string>>;

async function look(unit: string): Promise<Shown> {
	return showUnit(unit, properties);
}

/** `activating` with SubState `auto-restart` is a unit that failed and waits to be tried again. */
function isRunning({ActiveState, SubState, MainPID = '0'}: Shown): boolean {
	return (
		ActiveState === 'active'
		|| ActiveState === 'reloading'
		|| (ActiveState === 'activating' && SubState !== 'auto-restart' && MainPID !== '0')
	);
}

function identityOf({MainPID = '0', InvocationID, NRestarts = '0', ActiveEnterTimestampMonotonic}: Shown) {
	const agoMs = (Number(process.hrtime.bigint() / 1000n) - Number(ActiveEnterTimestampMonotonic)) / 1000;
	return {
		pid: Number(MainPID),
		since: new Date(Date.now() - agoMs),
		process: `${InvocationID}-${MainPID}-${NRestarts}`,
		restarts: Number(NRestarts),
	};
}

/** Never rejects: it is for the words of a failure only. */
async function endOfJournal(): Promise<string> {
	return journalEnd().catch(() => '');
}

/** After too many failures any start is refused, also that of the good pair. Resolves with the end of the journal. Never rejects. */
async function prepareStart(unit: string): Promise<string> {
	const [end] = await Promise.all([endOfJournal(), systemctl(['reset-failed'], unit).catch(() => {})]);
	return end;
}

async function start(unit: string, end: string, served: readonly Served[], timeoutMs: number): Promise<void> {
	const failure = (await systemctl(['start', '--no-block'], unit)) ?? (await untilReady(unit, served, timeoutMs));
	if (failure !== undefined) {
		const reason = await reasonSince(unit, end, failure);
		await systemctl(['stop'], unit); // Or systemd tries again and again while the old pair is put back.
		throw failed(unit, `did not start: ${reason}`);
	}
}

/** Resolves with undefined when it is ready, otherwise with why it is not. */
async function untilReady(unit: string, served: readonly Served[], timeoutMs: number): Promise<string | undefined> {
	const deadline = performance.now() + timeoutMs;
	for (;;) {
		const {ActiveState, SubState, Result} = await look(unit);
		if (ActiveState === 'failed' || SubState === 'auto-restart') {
			return `it is ${SubState} (${Result}).`;
		}

		const silent = ActiveState === 'active' ? await firstSilent(served) : undefined;
		if (ActiveState === 'active' && silent === undefined) {
			return undefined;
		}

		if (performance.now() > deadline) {
			return silent ?? `it was still ${ActiveState} after ${timeoutMs / 1000} seconds.`;
		}

		await delay(pauseMs);
	}
}

async function firstSilent(served: readonly Served[]): Promise<string | undefined> {
	for (const one of served) {
		try {
			await presentedBy(one);
		} catch (error) {
			return messageOf(error);
		}
	}

	return undefined;
}

async function stop(unit: string): Promise<void> {
	const failure = await systemctl(['stop'], unit);
	if (failure !== undefined || isRunning(await look(unit))) {
		throw new Problem('service-stuck', `${unit} does not end: ${failure ?? 'it still runs.'}`, `Look at it with: systemctl status ${unit}`);
	}
}

async function reload(unit: string): Promise<void> {
	const end = await journalEnd();
	const failure = await systemctl(['reload'], unit);
	if (failure !== undefined) {
		const reason = await reasonSince(unit, end, failure);
		throw failed(unit, `was not reloaded: ${reason}`);
	}
}

/** What the unit's own processes said last: the last line alone is often no more than that it failed. */
async function reasonSince(unit: string, end: string, failure: string): Promise<string> {
	const lines = await journalSince(unit, end, 3);
	return lines.length === 0 ? failure : lines.join(' ');
}

function failed(unit: string, what: string): Problem {
	return new Problem('service-failed', `${unit} ${what}`, `Its log says more: journalctl -u ${unit}`);
}

/** A stop takes down what has Requires=, BindsTo= or PartOf= for this unit; its start brings nothing of it back. */
async function dependents(unit: string): Promise<UnitName[]> {
	const {RequiredBy = '', BoundBy = '', ConsistsOf = ''} = await showUnit(unit, ['RequiredBy', 'BoundBy', 'ConsistsOf']);
	const names = new Set(`${RequiredBy} ${BoundBy} ${ConsistsOf}`.split(' ').filter(name => name !== ''));
	const running: UnitName[] = [];
	for (const name of names) {
		if ((await look(name)).ActiveState === 'active') {
			running.push(name as UnitName);
		}
	}

	return running;
}

async function assertControllable(unit: string): Promise<void> {
	const {LoadState, LoadError, RefuseManualStart, RefuseManualStop} = await look(unit);
	const why =
		LoadState === 'loaded'
			? RefuseManualStart === 'yes' || RefuseManualStop === 'yes'
				? 'systemd refuses to start or stop it on request.'
				: undefined
			: LoadState === undefined
				? 'systemd does not answer.'
				: `systemd says of it: ${LoadState}${LoadError ? ` (${LoadError})` : ''}.`;
	if (why !== undefined) {
		throw new Problem('service-uncontrollable', `${unit} cannot be controlled: ${why}`, `Look at it with: systemctl status ${unit}`);
	}
}
