// Whether the machine at the other end is the one that is meant. This is settled before anything is proven to it.
import {mkdir, open, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {ServerHostKeyAlgorithm} from 'ssh2';
import {hasCode, Problem, messageOf} from '../problem.js';
import type {Host, Operator} from './host.js';
import {matchHostKey, type KnownHostLine, knownHostsLine, knownTypes, linesFor, readKnownHosts, sha256Of, typeOfKey} from '../ssh-keys/known-hosts.js';

/** How each type of key signs. RSA with SHA-1 is not among it. */
const algorithmsOf: Record<string, ServerHostKeyAlgorithm[]> = {
	'ssh-ed25519': ['ssh-ed25519'],
	'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
	'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
	'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
	'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** What is known of one host's keys. */
export class HostKeys {
	#accepted: Buffer | undefined;

	private constructor(private readonly host: Host, private readonly lines: readonly KnownHostLine[]) {}

	/** Reads the files. Rejects with Problem `known-hosts-unreadable`; a file that is not there says nothing. */
	static async of(host: Host): Promise<HostKeys> {
		const known = await Promise.all(host.knownHosts.files.map(async file => readKnownHosts(await textOf(file), file)));
		return new HostKeys(host, linesFor(known.flat(), host.knownHosts.name));
	}

	/** The fingerprint that was accepted. */
	get fingerprint(): string | undefined {
		return this.#accepted && sha256Of(this.#accepted);
	}

	/**
	 * What the host may sign with. A host that is known is asked for a key of a known type only: otherwise it would choose
	 * another of its keys, and look like a stranger. Throws Problem `host-key-type` when this client can do none of them.
	 */
	get algorithms(): ServerHostKeyAlgorithm[] {
		const types = knownTypes(this.lines);
		const algorithms = (types.length === 0 ? Object.keys(algorithmsOf) : types).flatMap(type => algorithmsOf[type] ?? []);
		if (algorithms.length === 0) {
			throw this.wrongType();
		}

		return algorithms;
	}

	/** What to say when the host has no key of a type that it is known by, if it is known at all. */
	wrongType(): Problem {
		const types = knownTypes(this.lines);
		const line = this.lines.find(({marker}) => marker === 'none');
		return line === undefined
			? new Problem('host-key-type', `${this.host.label} has no host key that this client can verify.`, `It needs one of ${Object.keys(algorithmsOf).join(', ')}.`)
			: new Problem('host-key-type', `${this.host.label} is known by a key of the type ${types.join(', ')} (${mapPath(line)}), and no such key can be agreed on with it.`, this.#hint(line));
	}

	/** Resolves when the host is the one that is meant. Rejects with Problem `host-key-changed`, `host-key-revoked` or `host-unknown`. */
	async verify(key: Buffer, operator: Operator): Promise<void> {
		if (this.#accepted?.equals(key)) {
			return; // The session's keys are changed now and then, and it is asked again.
		}

		const judgement = matchHostKey(this.lines, key);
		if (judgement.verdict === 'unknown') {
			await this.#meet(key, operator);
		} else if ('by' in judgement) {
			throw this.#refusal(judgement.verdict, key, judgement.by);
		}

		this.#accepted = key;
	}

	async #meet(key: Buffer, operator: Operator): Promise<void> {
		const {address, label, knownHosts: {name, mayAsk, files: [file], hashed}} = this.host;
		const fingerprint = sha256Of(key);
		const isKnown = mayAsk ? await operator.isKnown({name, address, type: shortName(key), fingerprint}) : undefined;
		if (isKnown === undefined) {
			const hint = `Compare the fingerprint with the appliance's own; then connect once with ssh, or add the line that \`ssh-keyscan\` prints to ${file ?? 'a file for --known-hosts'}.`;
			throw new Problem('host-unknown', `${label} is not known: it presents the ${shortName(key)} key ${fingerprint}, and nobody is here to confirm it.`, hint);
		}

		if (!isKnown) {
			throw new Problem('host-unknown', `${label} was not accepted.`, 'Nothing was sent to it.');
		}

		if (file !== undefined) {
			await remember(file, knownHostsLine(name, key, hashed), operator);
		}
	}

	#refusal(verdict: 'changed' | 'revoked', key: Buffer, by: KnownHostLine): Problem {
		const presented = `${this.host.label} presents the ${shortName(key)} key ${sha256Of(key)}`;
		return verdict === 'revoked'
			? new Problem('host-key-revoked', `${presented}, which ${mapPath(by)} says is revoked.`, 'Somebody else may answer in its place. Nothing was sent. Ask whoever revoked it for the new key.')
			: new Problem('host-key-changed', `${presented}, and ${mapPath(by)} knows it by ${sha256Of(by.key)}.`, this.#hint(by));
	}

	#hint({file}: KnownHostLine): string {
		return `Somebody else may answer in its place; nothing was sent. If it was set up anew, and its fingerprint has been compared: ssh-keygen -f ${file} -R '${this.host.knownHosts.name}'`;
	}
}

function mapPath({file, line}: KnownHostLine): string {
	return `${file}:${line}`;
}

/** The type as OpenSSH shows it, `ED25519`. */
function shortName(key: Buffer): string {
	const [first = '', second = ''] = typeOfKey(key).split('-');
	return (first === 'ssh' ? second : first).toUpperCase();
}

async function textOf(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR')) {
			return '';
		}

		throw new Problem('known-hosts-unreadable', `The known hosts cannot be read. ${messageOf(error)}`, 'Make the file readable, or name another: --known-hosts FILE', {cause: error});
	}
}

/** Adds a line. A host that cannot be remembered has been accepted all the same, as with OpenSSH. */
async function remember(file: string, line: string, operator: Operator): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true, mode: 0o700});
		const handle = await open(file, 'a+', 0o600);
		try {
			const text = await handle.readFile('utf8');
			await handle.appendFile(text === '' || text.endsWith('\n') ? line : `\n${line}`);
		} finally {
			await handle.close();
		}

		operator.tell(`Added to the known hosts: ${file}`);
	} catch (error) {
		operator.tell(`The host could not be added to the known hosts. ${messageOf(error)}`);
	}
}
