import {X509Certificate} from 'node:crypto';
import {audit, auditOrKeep} from '../appliance/audit.js';
import {recordOf, writeRecord} from '../appliance/change-records.js';
import type {Identity} from '../appliance/identity.js';
import type {By} from '../appliance/by.js';
import type {Layout} from '../appliance/layout.js';
import {lockWhenFree} from '../appliance/lock.js';
import {leaseMs, publishCertificate, trustServer, withdrawCertificate} from '../appliance/trusted-servers.js';
import {fingerprintOf, toPem} from '../certificates/parse/pem.js';
import {Problem, messageOf} from '../problem.js';
import {sanitise} from '../sanitise.js';
import type {Services} from '../services/service.js';
import type {ConnectionResult} from './connection.js';
import {connectionsOf} from './connections.js';
import {callConsole, leafIn, ownTaniumServer, type TaniumServer} from './console-api.js';

export type Registration = {
	layout: Layout;
	identity: Identity;
	services: Services;
	/** A Tanium Console administrator. */
	username: string;
	password: string;
	/** The TanOS user who registers it, for the audit log. */
	by: By;
	/** With which Tanium Server; by default, with the one on this appliance. */
	taniumServer?: TaniumServer;
};

/** SHA-256 fingerprints of the two certificates that are trusted now. */
export type Registered = {moduleServer: string; taniumServer: string};

/** One registration restarts the Module Server to which the Tanium Server of another one connects, so they take turns. */
const lockTimeoutMs = 60_000;

/**
 * Registers this appliance's Module Server with a Tanium Server, and restarts the Module Server and its services. Each server proves by
 * mutual TLS that it has the key of its certificate; then the trust files of both are written. The audit log and a change record hold the
 * outcome. Rejects with Problem `lock-timeout` (another registration takes very long), `audit-unwritable` (nothing was changed),
 * `registration-refused` (wrong name or password, or too many of them; nothing was changed), `registration-failed` (the server cannot be
 * reached, presents another certificate, or mutual TLS did not prove both keys; no trust was changed, unless the server ended the
 * connection before it answered: then the message says that it may have), `registration-half` (only the Tanium Server's trust file was
 * written) or, when both were written but a service does not restart, `service-failed` or `service-stuck`.
 */
export async function registerModuleServer(registration: Registration): Promise<Registered> {
	const {layout, by, username} = registration;
	await using _lock = await lockWhenFree(layout, 'registration', lockTimeoutMs);
	const begun = await begin(registration);
	await audit(layout, {event: 'module-server-registration-began', ...by, administrator: username});
	try {
		const registered = await registerAndRestart(registration);
		await auditOrKeep(layout, {event: 'module-server-registered', ...by, certificate: registered.taniumServer});
		await leaveRecord(registration, begun, 'registered', ['The Module Server is registered again.'], registered.taniumServer);
		return registered;
	} catch (error) {
		await auditOrKeep(layout, {event: eventOf(error), ...by, administrator: username, result: messageOf(error)});
		await leaveRecord(registration, begun, isRefusal(error) ? 'refused' : 'failed', [messageOf(error)]);
		throw error;
	}
}

type Begun = {at: Date; connections: ConnectionResult[]};

async function begin({layout, identity}: Registration): Promise<Begun> {
	return {at: new Date(), connections: await connectionsOf(layout, identity)};
}

/** For people only: that it cannot be written does not fail the registration, which is in the audit log as well. */
async function leaveRecord(
	{layout, identity, by}: Registration,
	begun: Begun,
	outcome: 'registered' | 'refused' | 'failed',
	told: string[],
	certificate?: string,
): Promise<void> {
	const connections = {before: begun.connections, after: await connectionsOf(layout, identity)};
	const trusted = certificate === undefined ? null : {fingerprint: certificate};
	const record = recordOf(begun.at, {kind: 'registration', ...by, outcome, told, new: trusted, connections});
	await writeRecord(layout, record).catch(() => undefined);
}

function eventOf(error: unknown): string {
	return isRefusal(error) ? 'module-server-registration-refused' : 'module-server-registration-failed';
}

function isRefusal(error: unknown): boolean {
	return error instanceof Problem && error.code === 'registration-refused';
}

async function registerAndRestart(registration: Registration): Promise<Registered> {
	const {layout, identity, services} = registration;
	const own = await orFailed(async () => leafIn(layout.moduleServerCertificate));
	const server = registration.taniumServer ?? (await orFailed(async () => ownTaniumServer(layout, identity)));
	const answered = await exchange(registration, server, own);
	await orHalf(async () => {
		assertItsOwn(answered, server.certificate);
		await trustServer(layout, server.place, server.certificate);
	});
	await services.restart('taniummoduleserver');
	await services.restart('patch');
	return {moduleServer: fingerprintOf(own), taniumServer: fingerprintOf(server.certificate)};
}

/**
 * Has the Tanium Server register this Module Server. Before it does, it connects to the Module Server with its own certificate, which is
 * therefore published first; if it does not register, that certificate is withdrawn. Resolves with the body of its answer.
 */
async function exchange(registration: Registration, server: TaniumServer, own: Buffer): Promise<string> {
	const {layout} = registration;
	const until = new Date(Date.now() + leaseMs);
	const isPublished = await orFailed(async () => publishCertificate(layout, server.place, server.certificate, until));
	try {
		return await submitUntilProven(registration, server, own);
	} catch (error) {
		if (isPublished) {
			// Such as on a full disk. Its lease ends.
			await withdrawCertificate(layout, server.place, fingerprintOf(server.certificate)).catch(() => undefined);
		}

		throw error;
	}
}

async function submitUntilProven(
	{identity, services, username, password}: Registration,
	server: TaniumServer,
	own: Buffer,
): Promise<string> {
	const place = {name: identity.name, port: identity.ports.moduleServer};
	const body = {username, password, certificate: toPem('CERTIFICATE', own), place};
	const submit = async () => orFailed(async () => callConsole(server, {method: 'POST', path: '/api/v2/module-server/registration', body}));
	let reply = await submit();
	if (reply.status === 409) {
		await services.restart('taniummoduleserver'); // It was stopped, or its pair was changed after its start.
		reply = await submit();
	}

	if (reply.status !== 200) {
		throw refused(reply.status, reply.body);
	}

	return reply.body;
}

/** A Tanium Server answers with the certificate that it presents. */
function assertItsOwn(body: string, certificate: Buffer): void {
	const {data} = JSON.parse(body) as {data: {certificate: string}};
	if (!new X509Certificate(data.certificate).raw.equals(certificate)) {
		throw new Error('its answer holds another certificate than the one that it presents');
	}
}

/** The problem with an answer of a Tanium Server that did not do what it was asked for. */
export function refused(status: number, body: string): Problem {
	const hint = 'Use the name and password of a Tanium Console administrator.';
	if (status === 401) {
		return new Problem('registration-refused', 'The Tanium Server refused the user name or the password.', hint);
	}

	if (status === 429) {
		const tooMany = 'The Tanium Server accepts no passwords for the moment, because too many were wrong.';
		return new Problem('registration-refused', tooMany, 'Wait a minute, then register again.');
	}

	return status === 403
		? new Problem('registration-refused', 'This user is not a Tanium Console administrator.', hint)
		: failed(new Error(reasonIn(status, body)));
}

/** The reason in an answer, which may be that of any server. */
function reasonIn(status: number, body: string): string {
	try {
		const {error} = JSON.parse(body) as {error?: unknown};
		if (typeof error === 'string' && error !== '') {
			return sanitise(error.slice(0, 500)).replace(/\.$/, '');
		}
	} catch {
		// It is not the answer of a Tanium Server.
	}

	return `the Tanium Server answered with status ${status}`;
}

async function orHalf<Result>(action: () => Promise<Result> | Result): Promise<Result> {
	try {
		return await action();
	} catch (error) {
		throw new Problem(
			'registration-half',
			`The Tanium Server has registered the Module Server, but trusted.crt was not written: ${bare(messageOf(error))}.`,
			'Fix the cause, then register again.',
			{cause: error},
		);
	}
}

async function orFailed<Result>(action: () => Promise<Result> | Result): Promise<Result> {
	try {
		return await action();
	} catch (error) {
		throw failed(error);
	}
}

function failed(cause: unknown): Problem {
	const message = `The Module Server could not be registered: ${bare(messageOf(cause))}.`;
	return new Problem('registration-failed', message, hintFor(cause), {cause});
}

function hintFor(cause: unknown): string {
	const code = cause instanceof Problem ? cause.code : '';
	if (code === 'not-answered') {
		return 'The Tanium Server may have registered it nevertheless. Check that it is running, then register again in any case.';
	}

	if (code === 'other-certificate') {
		return 'Nothing was sent to it. Find out which server answers there, then register again.';
	}

	if (code === 'certificate-not-current') {
		return 'Set the clock, or install a certificate that is valid now on the Tanium Server (2-4). Then register again.';
	}

	return cause instanceof Problem && cause.hint !== '' ? cause.hint : 'Check that the Tanium Server is running, then register again.';
}

/** Without its full stop, for a sentence that goes on. */
function bare(message: string): string {
	return message.replace(/\.$/, '');
}
