// Each key for a host, as an agent in ssh2's sense: ssh2 gets the public key, and has it sign if the host accepts it. Only then is a
// passphrase asked for. One agent for all keys would try the next key on a host that has accepted one and wants a password besides.
import type {BaseAgent, IdentityCallback, KnownPublicKeys, ParsedKey, SignCallback, SigningRequestOptions} from 'ssh2';
import {ssh2} from '../ssh-keys/ssh2.js';
import type {Host, Operator} from './host.js';
import {isPrivateKeyFile, publicKeyOf, unlocked} from './identity-file.js';

type Signer = {
	key: ParsedKey;
	sign(data: Buffer, options: SigningRequestOptions): Promise<Buffer>;
};

/** An agent that holds one key. */
export class KeyAgent extends ssh2.BaseAgent<ParsedKey> {
	private constructor(private readonly signer: Signer) {
		super();
	}

	/**
	 * One for each key of a host, in OpenSSH's order: the agent's keys that are identity files, the agent's others, then files. Never
	 * rejects: the operator is notified of keys that cannot be used.
	 */
	static async each(host: Host, operator: Operator): Promise<KeyAgent[]> {
		const held = host.agent === undefined ? [] : await heldBy(ssh2.createAgent(host.agent), operator);
		const files = await Promise.all(host.identityFiles.map(async file => ({file, key: await publicKeyOf(file)})));
		const isNamed = ({key}: Signer) => files.some(file => isSame(file.key, key));
		const others = host.identitiesOnly ? [] : held.filter(signer => !isNamed(signer));
		const signers = [...held.filter(signer => isNamed(signer)), ...others];
		for (const {file, key} of files) {
			if (!signers.some(signer => isSame(signer.key, key))) {
				signers.push(...(await fromFile(file, key, operator)));
			}
		}

		return signers.map(signer => new KeyAgent(signer));
	}

	override getIdentities(give: IdentityCallback<ParsedKey>): void {
		give(undefined, [this.signer.key]);
	}

	override sign(_key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, give?: SignCallback): void {
		const [settings, callback] = typeof options === 'function' ? [{}, options] : [options, give];
		this.signer.sign(data, settings).then(
			signature => callback?.(undefined, signature),
			(error: unknown) => callback?.(error as Error),
		);
	}
}

function isSame(one: ParsedKey | undefined, other: ParsedKey | undefined): boolean {
	return one !== undefined && other !== undefined && one.getPublicSSH().equals(other.getPublicSSH());
}

/** The keys of an agent; none when it does not answer. */
async function heldBy(agent: BaseAgent, operator: Operator): Promise<Signer[]> {
	const {promise, resolve} = Promise.withResolvers<KnownPublicKeys>();
	agent.getIdentities((error, keys) => {
		if (error) {
			operator.notify('The SSH agent does not answer.');
		}

		resolve(keys ?? []);
	});
	const keys = (await promise).map(key => ssh2.utils.parseKey(key as Buffer));
	return keys
		.filter((key): key is ParsedKey => !(key instanceof Error))
		.map(key => ({
			key,
			sign: async (data, options) => signedByAgent(agent, key, data, options),
		}));
}

async function signedByAgent(agent: BaseAgent, key: ParsedKey, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		agent.sign(key, data, options, (error, signature) => {
			if (signature) {
				resolve(signature);
			} else {
				reject(error ?? new Error('The agent gives no signature'));
			}
		});
	});
}

/** The key of a file, if it has one. If its public key is unknown, it is unlocked immediately. */
async function fromFile(file: string, known: ParsedKey | undefined, operator: Operator): Promise<Signer[]> {
	if (!(await isPrivateKeyFile(file))) {
		return [];
	}

	let opened = known === undefined ? await unlocked(file, operator) : undefined;
	const key = known ?? opened;
	return key === undefined
		? []
		: [
				{
					key,
					async sign(data, {hash}) {
						opened ??= await unlocked(file, operator);
						const signature = opened?.sign(data, hash) ?? new Error(`${file} stays locked`);
						if (signature instanceof Error) {
							throw signature;
						}

						return signature;
					},
				},
			];
}
