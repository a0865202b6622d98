import {exitCodes} from '../exit-codes.js';
import {checkUploadsQuietly, printFindings} from '../console/flows/check-uploads.js';
import {zeroizeUploads} from '../console/flows/uploads.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';
import {aboutFiles, fileParameters, namedFilesIn, printSuggestion, readNamedUploads, suggestFiles} from './upload-words.js';

/** Checks what lies in /incoming; nothing is changed. */
async function check(context: Context): Promise<number> {
	const {session, conversation, json, print} = context;
	const {named, rest} = namedFilesIn(context.words);
	assertNoArguments({...context, words: rest});
	const {uploads, result} = await checkUploadsQuietly(session, await readNamedUploads(session, named));
	const {candidates, lines} = await suggestFiles(session, 'soap check', {uploads, result, named});
	zeroizeUploads(uploads);
	const {ok, findings, certificate, key} = result;
	if (json) {
		print(JSON.stringify({ok, findings, certificate, key, candidates}));
	} else {
		await printFindings(conversation, session, result);
		conversation.print(ok ? 'The pair can be installed: soap install' : 'The pair cannot be installed.', ok ? 'good' : 'bad');
		printSuggestion(conversation, lines);
	}

	return ok ? exitCodes.done : exitCodes.no;
}

export const checkCommands: readonly Command[] = [
	{
		name: 'soap check',
		needs: 'Tanium Server',
		group: 'Tanium Platform',
		purpose: 'Check the SOAPServer.crt and SOAPServer.key in /incoming',
		about:
			'Reports everything that is wrong with the uploaded pair. A key that was made here for a request '
			+ `is found by itself. ${aboutFiles} Changes nothing. Exit code 0 when the pair can be installed, else 1.`,
		parameters: `${fileParameters} [json]`,
		examples: ['soap check', 'soap check --certificate server.crt --key server.key', 'soap check json'],
		menu: '2-4',
		roles: ['tanadmin'],
		looks: alwaysLooks,
		run: check,
	},
];
