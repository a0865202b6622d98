// Verifies the host, before any authentication to it.
import {mkdir, open, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {ServerHostKeyAlgorithm} from 'ssh2';
import {hasCode, Problem, messageOf} from '../problem.js';
import type {Host, Operator} from './host.js';
import {matchHostKey, type KnownHostLine, knownHostsLine, knownTypes, linesFor, readKnownHosts} from '../ssh-keys/known-hosts.js';
import {sshFingerprint} from '../ssh-keys/public-key.js';
import {keyTypeOf} from '../ssh-keys/wire.js';

/** The signature algorithms of each key type; RSA with SHA-1 is not supported. */
const algorithmsOf: Record<string, ServerHostKeyAlgorithm[]> = {
	'ssh-ed25519': ['ssh-ed25519'],
	'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
	'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
	'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
	'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The known keys of one host. */
export class HostKeys {
	#accepted: Buffer | undefined;

	private constructor(
		private readonly host: Host,
		private readonly lines: readonly KnownHostLine[],
	) {}

	/** Reads the files; missing ones are skipped. Rejects with Problem `known-hosts-unreadable`. */
	static async of(host: Host): Promise<HostKeys> {
		const known = await Promise.all(host.knownHosts.files.map(async file => readKnownHosts(await textOf(file), file)));
		return new HostKeys(host, linesFor(known.flat(), host.knownHosts.name));
	}

	/** The fingerprint of the accepted key. */
	get fingerprint(): string | undefined {
		return this.#accepted && sshFingerprint(this.#accepted);
	}

	/**
	 * The host key algorithms to offer: for a known host those of its known keys only, as it might present another key otherwise
	 * and look unknown. Throws Problem `host-key-type` when none of them is supported.
	 */
	get algorithms(): ServerHostKeyAlgorithm[] {
		const types = knownTypes(this.lines);
		const algorithms = (types.length === 0 ? Object.keys(algorithmsOf) : types).flatMap(type => algorithmsOf[type] ?? []);
		if (algorithms.length === 0) {
			throw this.wrongType();
		}

		return algorithms;
	}

	/** The error for a host without a key of a known, or supported, type. */
	wrongType(): Problem {
		const types = knownTypes(this.lines);
		const line = this.lines.find(({marker}) => marker === 'none');
		return line === undefined
			? new Problem(
					'host-key-type',
					`${this.host.label} has no host key that this client can verify.`,
					`It needs one of ${Object.keys(algorithmsOf).join(', ')}.`,
				)
			: new Problem(
					'host-key-type',
					`${this.host.label} is known by a key of type ${types.join(', ')} (${formatLocation(line)}), but no such key can be negotiated.`,
					this.#hint(line),
				);
	}

	/**
	 * Resolves when the host's key is known or the operator accepts it. Rejects with Problem `host-key-changed`,
	 * `host-key-revoked` or `host-unknown`.
	 */
	async verify(key: Buffer, operator: Operator): Promise<void> {
		if (this.#accepted?.equals(key)) {
			return; // Called again with each re-keying.
		}

		const match = matchHostKey(this.lines, key);
		if (match.verdict === 'unknown') {
			await this.#askOperator(key, operator);
		} else if ('by' in match) {
			throw this.#refusal(match.verdict, key, match.by);
		}

		this.#accepted = key;
	}

	async #askOperator(key: Buffer, operator: Operator): Promise<void> {
		const {
			address,
			label,
			knownHosts: {
				name,
				mayAsk,
				files: [file],
				hashed,
			},
		} = this.host;
		const fingerprint = sshFingerprint(key);
		const isKnown = mayAsk ? await operator.isKnown({name, address, type: shortName(key), fingerprint}) : undefined;
		if (isKnown === undefined) {
			const hint =
				"Compare the fingerprint with the appliance's own. Then connect once with ssh, or add the output of `ssh-keyscan` to "
				+ `${file ?? 'a file for --known-hosts'}.`;
			throw new Problem(
				'host-unknown',
				`${label} is unknown: it presents the ${shortName(key)} key ${fingerprint}, and there is no operator to confirm it.`,
				hint,
			);
		}

		if (!isKnown) {
			throw new Problem('host-unknown', `The key of ${label} was not accepted.`, 'Nothing was sent to it.');
		}

		if (file !== undefined) {
			await addLine(file, knownHostsLine(name, key, hashed), operator);
		}
	}

	#refusal(verdict: 'changed' | 'revoked', key: Buffer, by: KnownHostLine): Problem {
		const presented = `${this.host.label} presents the ${shortName(key)} key ${sshFingerprint(key)}`;
		return verdict === 'revoked'
			? new Problem(
					'host-key-revoked',
					`${presented}, which is revoked in ${formatLocation(by)}.`,
					'Another machine may be answering. Nothing was sent. Ask the person who revoked the key for the new one.',
				)
			: new Problem('host-key-changed', `${presented}, but ${formatLocation(by)} has ${sshFingerprint(by.key)}.`, this.#hint(by));
	}

	#hint({file}: KnownHostLine): string {
		return (
			'Another machine may be answering. Nothing was sent. If the host was reinstalled and you have compared the fingerprint: '
			+ `ssh-keygen -f ${file} -R '${this.host.knownHosts.name}'`
		);
	}
}

function formatLocation({file, line}: KnownHostLine): string {
	return `${file}:${line}`;
}

/** The type as OpenSSH prints it, such as `ED25519`. */
function shortName(key: Buffer): string {
	const [first = '', second = ''] = keyTypeOf(key).split('-');
	return (first === 'ssh' ? second : first).toUpperCase();
}

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
			return '';
		}

		throw new Problem(
			'known-hosts-unreadable',
			`The known_hosts file cannot be read. ${messageOf(error)}`,
			'Make it readable, or use another: --known-hosts FILE',
			{cause: error},
		);
	}
}

/** Adds a line. If that fails, the host stays accepted, as with OpenSSH. */
async function addLine(file: string, line: string, operator: Operator): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
		const handle = await open(file, 'a+', 0o600);
		try {
			const text = await handle.readFile('utf8');
			await handle.appendFile(text === '' || text.endsWith('\n') ? line : `\n${line}`);
		} finally {
			await handle.close();
		}

		operator.notify(`Added to the known hosts: ${file}`);
	} catch (error) {
		operator.notify(`The host could not be added to the known hosts. ${messageOf(error)}`);
	}
}
