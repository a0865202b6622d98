import {exitCodes} from '../exit-codes.js';
import {addAuthorizedKeys, authorizedKeysOf, copyAuthorizedKeys, deleteAuthorizedKey} from '../appliance/users/authorized-keys.js';
import {describeKey} from '../ssh-keys/public-key.js';
import {Cancelled} from '../console/conversation.js';
import {userOf} from '../console/environment.js';
import {accountMeant} from './account.js';
import {alwaysLooks, usage, type Command, type Context} from './command.js';

const maxLines = 100;

/** Takes lines until an empty one or the end of the input. */
async function add(context: Context): Promise<number> {
	const {
		words: [named, ...more],
		session: {layout},
		conversation,
		json,
		print,
	} = context;
	mustEnd(more);
	const user = await accountMeant(context, named);
	conversation.print(`Public keys for ${user}, a line each; an empty line ends.`);
	const lines: string[] = [];
	try {
		for (let line = await conversation.ask('Key:'); line !== '' && lines.length < maxLines; line = await conversation.ask('Key:')) {
			lines.push(line);
		}
	} catch (error) {
		if (!(error instanceof Cancelled)) {
			throw error;
		}
	}

	const added = await addAuthorizedKeys(layout, user, lines.join('\n'), userOf(context.session));
	print(...(json ? [JSON.stringify({user, added})] : added.map(key => `Added: ${describeKey(key)}`)));
	return exitCodes.done;
}

async function show(context: Context): Promise<number> {
	const {
		words: [named, ...more],
		session: {layout},
		json,
		print,
	} = context;
	mustEnd(more);
	const user = await accountMeant(context, named);
	const keys = await authorizedKeysOf(layout, user);
	if (json) {
		print(JSON.stringify({user, keys: keys.map(({number, key, fault}) => ({number, key, fault}))}));
	} else {
		print(
			...(keys.length === 0
				? [`${user} has no authorized keys.`]
				: keys.map(({number, key, fault}) => `${String(number).padStart(2)}  ${key ? describeKey(key) : (fault ?? '')}`)),
		);
	}

	return exitCodes.done;
}

async function remove(context: Context): Promise<number> {
	const {
		words: [which, named, ...more],
		session: {layout},
		json,
		print,
	} = context;
	mustEnd(more);
	if (which === undefined) {
		throw usage('Say which key: its number or its SHA256 fingerprint, as show pubkeys lists them.');
	}

	const user = await accountMeant(context, named);
	const {number, key} = await deleteAuthorizedKey(layout, user, which, userOf(context.session));
	print(json ? JSON.stringify({user, deleted: {number, key}}) : `Deleted: ${key ? describeKey(key) : `line ${number}`}`);
	return exitCodes.done;
}

async function copy(context: Context): Promise<number> {
	const {
		words: [to, ...more],
		session: {layout},
		json,
		print,
	} = context;
	mustEnd(more);
	if (to?.toLowerCase() !== 'tancopy') {
		throw usage('Keys are copied to tancopy: copy pubkeys tancopy');
	}

	const copied = await copyAuthorizedKeys(layout, await accountMeant(context, undefined), 'tancopy', userOf(context.session));
	print(
		...(json
			? [JSON.stringify({copied})]
			: copied.length === 0
				? ['tancopy has these keys already.']
				: copied.map(key => `Copied: ${describeKey(key)}`)),
	);
	return exitCodes.done;
}

function mustEnd(more: readonly string[]): void {
	if (more.length > 0) {
		throw usage(`${more.join(' ')}: nothing more may follow.`);
	}
}

export const pubkeyCommands: readonly Command[] = [
	{
		name: 'add pubkeys',
		group: 'TanOS Users',
		purpose: 'Let public keys open your account',
		about:
			'Reads public keys from standard input, a line each, as ssh-keygen writes them. All are taken, or '
			+ 'none. An administrator may name another user.',
		parameters: '[USER] [json]',
		examples: ['add pubkeys < id_ed25519.pub'],
		menu: 'C-U',
		roles: ['tanadmin', 'tanuser'],
		run: add,
	},
	{
		name: 'show pubkeys',
		group: 'TanOS Users',
		purpose: 'List the public keys that open your account',
		about: 'With fingerprints as ssh-keygen -lf prints them. An administrator may name another user.',
		parameters: '[USER] [json]',
		examples: ['show pubkeys', 'show pubkeys tancopy'],
		menu: 'C-U',
		roles: ['tanadmin', 'tanuser'],
		looks: alwaysLooks,
		run: show,
	},
	{
		name: 'delete pubkeys',
		group: 'TanOS Users',
		purpose: 'Let a public key open your account no more',
		about: 'The key is named by its number or its SHA256 fingerprint, as show pubkeys lists them. An administrator may name another user.',
		parameters: 'NUMBER|SHA256:... [USER] [json]',
		examples: ['delete pubkeys 2'],
		menu: 'C-U',
		roles: ['tanadmin', 'tanuser'],
		run: remove,
	},
	{
		name: 'copy pubkeys',
		group: 'TanOS Users',
		purpose: 'Let your own keys open tancopy, too',
		about: 'tancopy keeps the keys that it has.',
		parameters: 'tancopy [json]',
		examples: ['copy pubkeys tancopy'],
		menu: 'C-U',
		roles: ['tanadmin'],
		run: copy,
	},
];
