// The words with which a command names files of /incoming that do not have the usual names, and the answer that names such files.
import {candidatesFor, candidatesIn, type Candidate} from '../console/flows/candidates.js';
import {findChain, withChainFrom} from '../console/flows/chain-file.js';
import {lacksChain} from '../console/flows/check-uploads.js';
import {readUsualUploads, type Uploads} from '../console/flows/uploads.js';
import type {Conversation} from '../console/conversation.js';
import type {ConsoleSession} from '../console/environment.js';
import {shellWord} from '../certificates/rules/finding.js';
import type {Target} from '../installation/target.js';
import {sanitise} from '../sanitise.js';
import {usage} from './command.js';
import type {CheckResult} from '../certificates/check.js';

export type NamedFiles = {certificate?: string; key?: string; chain?: string};

const options = {'--certificate': 'certificate', '--key': 'key', '--chain': 'chain'} as const;
type Option = keyof typeof options;

/** The parameters of a command that takes these words. */
export const fileParameters = '[--certificate NAME] [--key NAME] [--chain NAME]';

/** What the help of such a command says about them. */
export const aboutFiles =
	'Files with other names are taken with --certificate, --key and --chain, the certificates of the CA in a file of their own; a name may '
	+ 'hold spaces and ends at the next option.';

/**
 * Takes the named files out of the words of a command, and gives what is left. A name may have spaces, because SSH joins what a shell
 * has separated. Throws Problem `usage` for a name that is missing, repeated, or not in /incoming.
 */
export function namedFilesIn(words: readonly string[]): {named: NamedFiles; rest: string[]} {
	const named: NamedFiles = {};
	const rest: string[] = [];
	for (let index = 0; index < words.length; index++) {
		const option = words[index]!.toLowerCase();
		if (!isOption(option)) {
			rest.push(words[index]!);
			continue;
		}

		const end = words.findIndex((word, at) => at > index && word.startsWith('--'));
		const name = words.slice(index + 1, end === -1 ? undefined : end).join(' ');
		if (named[options[option]] !== undefined || !/^[^./][^/]*$/.test(name)) {
			throw usage(`${option} takes the name of one file in /incoming, without a folder.`);
		}

		named[options[option]] = name;
		index = (end === -1 ? words.length : end) - 1;
	}

	return {named, rest};
}

function isOption(word: string): word is Option {
	return Object.hasOwn(options, word);
}

/** Reads the files of a pair from /incoming. Rejects with Problem `no-issuer` for a chain that does not belong to the certificate. */
export async function readNamedUploads(session: ConsoleSession, target: Target, {chain, ...names}: NamedFiles): Promise<Uploads> {
	const uploads = await readUsualUploads(session, target, names);
	return chain === undefined ? uploads : withChainFrom(session, uploads, chain);
}

/** What may take the place of files that are missing. */
export type Suggestion = {
	candidates: Array<Pick<Candidate, 'name' | 'holds' | 'uses'>>;
	/** Lines that name them, and the command that uses them; none when nothing is missing. */
	lines: string[];
};

/** Looks for files in /incoming that a pair lacks. `command` begins the line that would use them. */
export async function suggestFiles(
	session: ConsoleSession,
	command: string,
	{uploads, result, named}: {uploads: Uploads; result: CheckResult; named: NamedFiles},
): Promise<Suggestion> {
	const lacks = (id: string) => result.findings.some(finding => finding.id === id);
	const wanted = [...(lacks('cert-not-found') ? ['certificate' as const] : []), ...(lacks('key-not-found') ? ['key' as const] : [])];
	const all = wanted.length > 0 || lacksChain(result) ? await candidatesIn(session, uploads.target) : [];
	const chain = lacksChain(result) ? await findChain(session, uploads, all) : undefined;
	const found = wanted.map(use => [use, candidatesFor(use, all)] as const);
	const candidates = all.filter(one => one.name === chain?.name || found.some(([, some]) => some.includes(one)));
	const first = Object.fromEntries(found.flatMap(([use, [one]]) => (one ? [[use, one.name]] : [])));
	const words = {...named, ...first, ...(chain && {chain: chain.name})};
	return {candidates, lines: candidates.length === 0 ? [] : linesFor(uploads.target, candidates, `${command} ${wordsFor(words)}`)};
}

/** Prints the lines of a suggestion. */
export function printSuggestion(conversation: Conversation, lines: readonly string[]): void {
	if (lines.length > 0) {
		conversation.print(lines.join('\n'), 'warning');
	}
}

function wordsFor(named: NamedFiles): string {
	return Object.entries(options)
		.flatMap(([option, use]) => (named[use] === undefined ? [] : [`${option} ${shellWord(named[use])}`]))
		.join(' ');
}

function linesFor({fileNames}: Target, candidates: readonly Candidate[], command: string): string[] {
	return [
		'Other files in /incoming may be what is missing:',
		...candidates.map(({name, holds}) => `  ${sanitise(name)}: ${holds}`),
		'To use them:',
		`  ${command}`,
		`Or rename them by SFTP, as the user tancopy, to ${fileNames.certificate} and ${fileNames.key}.`,
	];
}
