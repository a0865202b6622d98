import {exitCodes} from '../exit-codes.js';
import {checkUploadsQuietly, printFindings} from '../console/flows/check-uploads.js';
import {zeroizeUploads} from '../console/flows/uploads.js';
import {soap, ssl, type Target} from '../installation/target.js';
import {alwaysLooks, assertNoArguments, type Command, type Context} from './command.js';
import {aboutFiles, fileParameters, namedFilesIn, printSuggestion, readNamedUploads, suggestFiles} from './upload-words.js';

/** Checks what lies in /incoming; nothing is changed. */
async function check(context: Context, target: Target): Promise<number> {
	const {session, conversation, json, print} = context;
	const {named, rest} = namedFilesIn(context.words);
	assertNoArguments({...context, words: rest});
	const {uploads, result} = await checkUploadsQuietly(session, await readNamedUploads(session, target, named));
	const {candidates, lines} = await suggestFiles(session, `${target.word} check`, {uploads, result, named});
	zeroizeUploads(uploads);
	const {ok, findings, certificate, key} = result;
	if (json) {
		print(JSON.stringify({ok, findings, certificate, key, candidates}));
	} else {
		await printFindings(conversation, session, {uploads, result});
		conversation.print(ok ? `The pair can be installed: ${target.word} install` : 'The pair cannot be installed.', ok ? 'good' : 'bad');
		printSuggestion(conversation, lines);
	}

	return ok ? exitCodes.done : exitCodes.no;
}

function checkCommand(target: Target): Command {
	const {name, fileNames, menu} = target;
	return {
		name: `${name} check`,
		needs: target === ssl ? 'Module Server' : 'Tanium Server',
		group: 'Tanium Platform',
		purpose: `Check the ${fileNames.certificate} and ${fileNames.key} in /incoming`,
		about:
			'Reports everything that is wrong with the uploaded pair. A key that was made here for a request '
			+ `is found by itself. ${aboutFiles} Changes nothing. Exit code 0 when the pair can be installed, else 1.`,
		parameters: `${fileParameters} [json]`,
		examples: [`${name} check`, `${name} check --certificate server.crt --key server.key`, `${name} check json`],
		menu,
		roles: ['tanadmin'],
		looks: alwaysLooks,
		...(target === soap && {onHost: 'target'}),
		run: async context => check(context, context.target ?? target),
	};
}

export const checkCommands: readonly Command[] = [checkCommand(soap)];
export const sslCheckCommands: readonly Command[] = [checkCommand(ssl)];
