// array assign roles: the roles of an array's members as a document.
import {parseRoleDocument, passwordIn, roleDocument, serversToRegister, type RoleDocument} from '../array/assign-roles.js';
import {ownArray} from '../array/membership.js';
import {registerAll} from '../console/flows/assign-roles.js';
import {Cancelled} from '../console/conversation.js';
import {exitCodes} from '../exit-codes.js';
import {parseJson} from '../parse-json.js';
import {usage, type Command, type Context} from './command.js';

async function assignRoles(context: Context): Promise<number> {
	const {words, session, print} = context;
	const wanted = words.length === 0 ? 'show' : words.join(' ').toLowerCase();
	if (wanted === 'show') {
		print(JSON.stringify(roleDocument(await ownArray(session.layout)), undefined, context.json ? undefined : '\t'));
		return exitCodes.done;
	}

	if (wanted !== 'dryrun' && wanted !== 'apply') {
		throw usage('Say: array assign roles show, dryrun or apply.');
	}

	return works[wanted](context, await documentFrom(context));
}

const works: Record<'dryrun' | 'apply', (context: Context, document: RoleDocument) => Promise<number>> = {
	async dryrun({session, json, print}, document) {
		const names = (await serversToRegister(session, document)).map(({name}) => name);
		print(
			json ? JSON.stringify({servers: names}) : `All members have these roles. Would register the Module Server with: ${names.join(', ')}.`,
		);
		return exitCodes.done;
	},
	async apply({session, conversation, json, print}, document) {
		const servers = await serversToRegister(session, document);
		const credentials = {username: document.tanium_username, password: passwordIn(document)};
		const failures = await registerAll(conversation, session, servers, () => credentials);
		if (json) {
			print(JSON.stringify({servers: servers.map(({name}) => ({name, problem: failures.get(name) ?? null}))}));
		}

		return failures.size === 0 ? exitCodes.done : exitCodes.no;
	},
};

/** The lines of standard input until they are a document, or until it ends. Nothing of it is echoed: it holds a password. */
async function documentFrom({conversation}: Context): Promise<RoleDocument> {
	let value: unknown;
	try {
		for (let line = 0, text = ''; line < maxLines && value === undefined; line++) {
			text += `${await conversation.secret('')}\n`;
			value = parseJson(text);
		}
	} catch (error) {
		if (!(error instanceof Cancelled)) {
			throw error;
		}
	}

	return parseRoleDocument(value);
}

const maxLines = 1000;

export const assignRolesCommands: readonly Command[] = [
	{
		name: 'array assign roles',
		group: 'TanOS Appliance Array',
		purpose: "Check the members' roles, and register the Module Server with each Tanium Server",
		about:
			'show prints a document with the role of each member: 1 All-in-One, 2 Tanium Server, 3 Module Server. dryrun and apply read such '
			+ 'a document from standard input, with the name of a Tanium Console administrator and the password in Base64. An appliance has the '
			+ 'role that it was created with; a document that says otherwise is refused. apply registers the Module Server with each Tanium '
			+ 'Server of the document, one after another. Exit code 0 when all are registered, else 1.',
		parameters: '[show | dryrun | apply] [json]',
		examples: ['array assign roles show > roles.json', 'array assign roles dryrun < roles.json', 'array assign roles apply < roles.json'],
		menu: 'D-4',
		roles: ['tanadmin'],
		looks: words => !words.some(word => word.toLowerCase() === 'apply'),
		run: assignRoles,
	},
];
