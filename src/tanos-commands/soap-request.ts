import {exitCodes} from '../exit-codes.js';
import {savedRequests} from '../appliance/requests.js';
import {subjectOf} from '../certificates/issuance/subject.js';
import {makeSavedRequest, missingNames, wantedNames} from '../console/flows/create-request.js';
import {alwaysLooks, assertNoArguments, usage, type Command, type Context} from './command.js';

/** Makes a key, which stays here, and prints the request for it. */
async function request({words, session, target, json, print, warn}: Context): Promise<number> {
	if (words.length > 1) {
		throw usage('Give all names as one word, with commas: ts1.example.com,ts2.example.com');
	}

	const wanted = await wantedNames(session, target);
	const subject = subjectOf(words[0]?.split(',').filter(name => name.trim() !== '') ?? wanted.map(({name}) => name));
	const lacking = missingNames(subject.names, wanted);
	if (lacking) {
		warn(lacking.words);
	}

	const {id, words: about, request: pem} = await makeSavedRequest(session, subject);
	print(json ? JSON.stringify({id, ...about, pem: pem.toString()}) : pem.toString().trimEnd());
	return exitCodes.done;
}

async function list(context: Context): Promise<number> {
	assertNoArguments(context);
	const {
		session: {layout},
		json,
		print,
		conversation,
	} = context;
	const requests = await savedRequests(layout);
	if (json) {
		print(JSON.stringify({requests: requests.map(({id, words}) => ({id, ...words}))}));
	} else if (requests.length === 0) {
		conversation.print('No request that was made here is waiting for its certificate.');
	} else {
		conversation.table([['Request', 'Names'], ...requests.map(({id, words}) => [id, words.names.join(', ')])], true);
	}

	return exitCodes.done;
}

export const requestCommands: readonly Command[] = [
	{
		name: 'soap request',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Make a key and print a certificate signing request for it',
		about:
			'Without names it asks for those of the appliance, of the other Tanium Servers of its array, and of the installed certificate; '
			+ 'names that are left out are said on standard error. The key stays in the appliance; when the certificate for it '
			+ 'is uploaded without a key, it is found by itself.',
		parameters: '[NAME[,NAME]...] [json]',
		examples: ['soap request ts1.example.com,ts2.example.com > SOAPServer.csr'],
		menu: '2-C-1',
		roles: ['tanadmin'],
		onHost: 'target',
		run: request,
	},
	{
		name: 'soap requests',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'List the requests whose keys are here',
		about: 'Requests that were made here and wait for their certificates.',
		parameters: '[json]',
		examples: ['soap requests'],
		menu: '2-C-2',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		onHost: 'host',
		run: list,
	},
];
