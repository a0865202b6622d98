// Connects to a host, through jump hosts if necessary. Each of them is verified as the last one is.
import {once} from 'node:events';
import {connect as connectTcp, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import type {CipherAlgorithm, Client, ConnectConfig} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import {hasCode, Problem, messageOf} from '../problem.js';
import {Authentication, passwordExpired} from './authentication.js';
import {excerptOf} from './excerpt.js';
import type {Host, Operator} from './host.js';
import {HostKeys} from './host-keys.js';
import {IdleTimeout} from './idle-timeout.js';
import {onRefusal} from './refusals.js';

export type Link = {
	client: Client;
	/** The fingerprint of the last host's key. */
	fingerprint: string;
	/** Closes it and the connections to its jump hosts. */
	close(): void;
};

/** Characters of a host's banners that are shown. */
const maxBanner = 8192;

/** Milliseconds without an answer from the host. */
const timeoutMs = {connect: 20_000, authentication: 60_000, keepalive: 15_000};

/**
 * Connects to the last host of a route through all before it, and authenticates to each. Rejects with Problem `unreachable`,
 * `no-answer`, `hung-up`, `not-ssh`, `no-common-algorithm`, `permission-denied`, `password-expired`, one of HostKeys, or the operator's own
 * error. It leaves nothing open then.
 */
export async function connect(route: readonly Host[], operator: Operator): Promise<Link> {
	const open: Client[] = [];
	let socket: Socket | undefined;
	const close = () => {
		for (const client of open.toReversed()) {
			client.end();
		}

		socket?.destroySoon();
	};

	try {
		let fingerprint = '';
		for (const host of route) {
			const keys = await HostKeys.of(host);
			const through = open.at(-1);
			const stream = through ? await forwarded(through, host) : (socket = await reached(host));
			const client = new ssh2.Client();
			open.push(client);
			fingerprint = await signIn(client, stream, {host, keys, operator});
		}

		return {client: open.at(-1)!, fingerprint, close};
	} catch (error) {
		close();
		throw error;
	}
}

async function reached({label, address, port}: Host): Promise<Socket> {
	// With Nagle's algorithm every small packet would wait for a delayed acknowledgement.
	const socket = connectTcp({host: address, port, noDelay: true});
	socket.setTimeout(timeoutMs.connect, () => socket.destroy(Object.assign(new Error('No answer'), {code: 'ETIMEDOUT'})));
	try {
		await once(socket, 'connect');
	} catch (error) {
		throw unreachable(`${label} (${address}, port ${port})`, error);
	}

	socket.setTimeout(0);
	return socket;
}

const reasons: Record<string, string> = {
	ENOTFOUND: 'the name does not exist',
	EAI_AGAIN: 'the name server does not answer',
	ECONNREFUSED: 'the connection is refused',
	ETIMEDOUT: 'it does not answer',
	EHOSTUNREACH: 'there is no route to it',
	ENETUNREACH: 'there is no route to it',
};

function unreachable(what: string, error: unknown): Problem {
	const reason = Object.keys(reasons).find(code => hasCode(error, code));
	return new Problem(
		'unreachable',
		`${what} cannot be reached: ${reason ? reasons[reason]! : excerptOf(messageOf(error))}.`,
		'Check the name, the port and the firewall.',
		{cause: error},
	);
}

/** A stream to a host, forwarded by the host before it. */
async function forwarded(through: Client, {label, address, port}: Host): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const silent = () =>
			reject(unreachable(`${label} (${address}, port ${port})`, Object.assign(new Error('no answer'), {code: 'ETIMEDOUT'})));
		const timeout = setTimeout(silent, timeoutMs.connect);
		through.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
			clearTimeout(timeout);
			if (error) {
				reject(unreachable(`${label} (${address}, port ${port}), from the host before it,`, error));
			} else {
				resolve(stream);
			}
		});
	});
}

type Peer = {host: Host; keys: HostKeys; operator: Operator};

/** Authenticates over a stream. Resolves with the fingerprint of the host's key. */
async function signIn(client: Client, stream: Duplex, {host, keys, operator}: Peer): Promise<string> {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const timeout = new IdleTimeout(timeoutMs.authentication, () => {
		reject(new Problem('no-answer', `${host.label} does not answer.`, 'Try again, and check the log of its SSH server.'));
	});
	const timed = timeout.during(operator, reject);
	const authentication = new Authentication(host, timed);
	client.once('ready', resolve);
	client.once('close', () => reject(new Problem('hung-up', `${host.label} closed the connection.`, 'Check the log of its SSH server.')));
	showBanner(client, operator);
	client.on('error', (error: Error & {level?: string}) => {
		if (error.level !== 'agent') {
			// One key of several cannot sign; the next is tried.
			reject(handshakeProblem(error, host, keys, authentication));
		}
	});
	client.connect({
		...settingsFor(stream, host, keys),
		hostVerifier(key: Buffer, answer: (isGood: boolean) => void) {
			keys.verify(key, timed).then(
				() => answer(true),
				(error: unknown) => {
					reject(error);
					answer(false);
				},
			);
		},
		authHandler(offered, _partial, proceed) {
			timeout.start();
			authentication.next(offered !== null).then(proceed as (method: unknown) => void, reject);
		},
	});
	followAuthentication(client, host, {authentication, reject});
	timeout.start();
	try {
		await promise;
		return keys.fingerprint!;
	} finally {
		timeout.stop();
	}
}

type Following = {authentication: Authentication; reject: (why: Problem) => void};

function followAuthentication(client: Client, host: Host, {authentication, reject}: Following): void {
	onRefusal(client, (offered, isPartial) => authentication.refused(offered, isPartial));
	client.once('change password', (prompt: string) => reject(passwordExpired(host, prompt)));
}

/** Shows what a server says before the authentication, up to a limit. */
function showBanner(client: Client, operator: Operator): void {
	let left = maxBanner;
	client.on('banner', words => {
		if (left > 0) {
			operator.notify(excerptOf(words, left));
			left -= words.length;
		}
	});
}

/**
 * Without ChaCha20: ssh2 shares one nonce buffer among all connections, and a connection through a jump host overwrites it
 * while the inner connection encrypts.
 */
const cipher: CipherAlgorithm[] = ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'];

function settingsFor(stream: Duplex, {user}: Host, keys: HostKeys): ConnectConfig {
	return {
		sock: stream,
		username: user,
		readyTimeout: 0,
		keepaliveInterval: timeoutMs.keepalive,
		ident: 'tanos',
		algorithms: {
			compress: ['none'],
			cipher,
			kex: [
				'curve25519-sha256',
				'curve25519-sha256@libssh.org',
				'ecdh-sha2-nistp256',
				'ecdh-sha2-nistp384',
				'ecdh-sha2-nistp521',
				'diffie-hellman-group16-sha512',
				'diffie-hellman-group14-sha256',
			],
			hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
			serverHostKey: keys.algorithms,
		},
	};
}

function handshakeProblem(error: Error & {level?: string}, host: Host, keys: HostKeys, authentication: Authentication): Problem {
	if (error.level === 'client-authentication') {
		return authentication.refusal();
	}

	if (error.message.includes('no matching host key')) {
		return keys.wrongType();
	}

	if (error.message.includes('no matching')) {
		return new Problem(
			'no-common-algorithm',
			`${host.label} and this client have no algorithm in common (${excerptOf(error.message)}).`,
			`Use OpenSSH: sftp ${host.user}@${host.label}`,
			{cause: error},
		);
	}

	return new Problem(
		'not-ssh',
		`The SSH connection to ${host.label} failed: ${excerptOf(error.message)}.`,
		'Check that an SSH server listens at that port, and look at its log.',
		{cause: error},
	);
}
