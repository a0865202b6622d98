import {exitCodes} from '../exit-codes.js';
import {checkUploadsQuietly, printFindings} from '../console/flows/check-uploads.js';
import {zeroizeUploads, readUsualUploads} from '../console/flows/uploads.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';

/** Checks what lies in /incoming; nothing is changed. */
async function check(context: Context): Promise<number> {
	assertNoArguments(context);
	const {session, conversation, json, print} = context;
	const {uploads, result} = await checkUploadsQuietly(session, await readUsualUploads(session));
	zeroizeUploads(uploads);
	const {ok, findings, certificate, key} = result;
	if (json) {
		print(JSON.stringify({ok, findings, certificate, key}));
	} else {
		await printFindings(conversation, session, result);
		conversation.print(ok ? 'The pair can be installed: soap install' : 'The pair cannot be installed.', ok ? 'good' : 'bad');
	}

	return ok ? exitCodes.done : exitCodes.no;
}

export const checkCommands: readonly Command[] = [
	{
		name: 'soap check',
		group: 'Tanium Platform',
		purpose: 'Check the SOAPServer.crt and SOAPServer.key in /incoming',
		about:
			'Reports everything that is wrong with the uploaded pair. A key that was made here for a request '
			+ 'is found by itself. Changes nothing. Exit code 0 when the pair can be installed, else 1.',
		parameters: '[json]',
		examples: ['soap check', 'soap check json'],
		menu: '2-4',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: check,
	},
];
