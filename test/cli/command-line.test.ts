// The commands of `tanos` as data: what is parsed, what help says, and what a mistake is answered with.
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import {commands} from '../../src/tanos-commands/table.js';
import {UsageError} from '../../src/cli/command.js';
import {checkDefinition, convertDefinition, requestDefinition} from '../../src/cli/definitions/certificate.js';
import type {CommandDefinition} from '../../src/cli/definitions/definition.js';
import {sftpServerDefinition, uploadDefinition} from '../../src/cli/definitions/programs.js';
import {definitions} from '../../src/cli/definitions/table.js';
import {describeCommand, describeProgram, synopsis, calledAs} from '../../src/cli/describe.js';
import {loaders} from '../../src/cli/loaders.js';
import {parseCall} from '../../src/cli/parse-call.js';
import {suggestion} from '../../src/cli/suggest.js';
import {packageRoot} from '../../src/services/package-root.js';
import {tanos} from '../helpers/appliance.js';
import {temporaryFolder} from '../helpers/sandbox.js';

test('every defined command can be loaded, and every loaded command is defined', async t => {
	t.deepEqual(
		Object.keys(loaders).toSorted(),
		definitions
			.map(({name}) => name)
			.filter(name => name !== '')
			.toSorted(),
	);
	for (const load of Object.values(loaders)) {
		t.is(typeof (await load()), 'function');
	}
});

test("the console's first frame waits for no definition of a command", async t => {
	const loaded = await staticImports(path.join('src', 'cli', 'main.ts'), path.join('src', 'cli', 'console.ts'));
	t.true(loaded.has(path.join('src', 'cli', 'loaders.ts')));
	t.deepEqual(
		[...loaded].filter(file => /definitions|parse-call|describe\.ts|suggest|other-words/.test(file) && file.includes('cli')),
		[],
	);
});

/** Files of this repository that are loaded with these, before anything is imported later. */
async function staticImports(...files: string[]): Promise<Set<string>> {
	const seen = new Set(files); // It grows while it is walked.
	for (const file of seen) {
		const text = await readFile(path.join(packageRoot(), file), 'utf8');
		for (const [, name] of text.matchAll(/^(?:import|export)(?! type)[^;]*?'(\.[^']+)\.js';$/gm)) {
			const stem = path.join(path.dirname(file), name!);
			seen.add(existsSync(path.join(packageRoot(), `${stem}.ts`)) ? `${stem}.ts` : `${stem}.tsx`);
		}
	}

	return seen;
}

test('no line of any help is longer than 80 columns', t => {
	for (const line of [...describeProgram(definitions), ...definitions.flatMap(definition => describeCommand(definition))]) {
		t.true(line.length <= 80, line);
	}
});

test('the help of a command shows its options, and every example is a call that is understood', t => {
	for (const definition of definitions) {
		const help = describeCommand(definition).join('\n');
		for (const name of Object.keys(definition.options)) {
			t.true(help.includes(name.length === 1 ? `-${name}` : `--${name}`), name);
		}

		for (const {line} of definition.examples) {
			const [words = ''] = line.replace(/^source <\((.*)\)$/, '$1').split(' >');
			t.true(words.startsWith(['tanos', definition.name].join(' ').trim()), line);
			const behind = words
				.slice(calledAs(definition).length)
				.split(' ')
				.filter(word => word !== '');
			t.notThrows(() => parseCall(definition, behind), line);
		}
	}
});

test('options and arguments may come in any order, and -- ends the options', t => {
	const call = parseCall(checkDefinition, ['--host', 'a', 'x.crt', '--json', '--host=b', '--', '--odd.key']);
	t.deepEqual(call, {values: {host: ['a', 'b'], ca: undefined, at: undefined, json: true}, arguments: {CRT: 'x.crt', KEY: ['--odd.key']}});
	const upload = parseCall(uploadDefinition, ['c', 'k', 'h1', '-F', 'f', 'h2']);
	t.like(upload, {values: {config: 'f', force: false}, arguments: {'[USER@]HOST[:PORT]': ['h1', 'h2']}});
	t.like(parseCall(sftpServerDefinition, ['-eR', '-lINFO']).values, {e: true, R: true, l: 'INFO'});
	t.is(parseCall(requestDefinition, ['--hostname', 'a', '--out', 'b']).values.days, '365');
});

const mistakes: ReadonlyArray<readonly [CommandDefinition, string, RegExp]> = [
	[checkDefinition, '--json', /^CRT is missing\. The certificate, followed by its chain\./],
	[convertDefinition, 'a b c --out d', /^c: nothing may follow here\./],
	[checkDefinition, 'a b --hots x', /^There is no option --hots\. Did you mean --host\?/],
	[checkDefinition, 'a b --unheardof', /^There is no option --unheardof\.$/],
	[checkDefinition, 'a b --host', /^--host needs a value: --host NAME\[,NAME\]\.$/],
	[checkDefinition, 'a b --host --json', /^--host needs a value: --host NAME\[,NAME\]\. Found: --json\./],
	[checkDefinition, 'a b --json=yes', /^--json takes no value, but has yes\./],
	[requestDefinition, '--out a', /^--hostname NAME\[,NAME\] is missing\. The names of the server\./],
	[uploadDefinition, 'c k h --keep-key --delete-key', /^--delete-key and --keep-key cannot be combined\./],
	[sftpServerDefinition, '--R', /^There is no option --R\./],
];

test('a mistake is reported with what was found and what is accepted', t => {
	for (const [definition, words, message] of mistakes) {
		const error = t.throws(() => parseCall(definition, words.split(' ')), {instanceOf: UsageError}, words);
		t.regex(error.message, message);
		t.is(error.hint, `Usage: ${synopsis(definition)}`);
	}
});

test('a suggestion is a similar word, or none', t => {
	t.is(suggestion('certifcate', ['appliance', 'certificate']), ' Did you mean certificate?');
	t.is(suggestion('x', ['appliance', 'certificate']), '');
	t.is(suggestion('ab', ['xy']), '');
	t.is(suggestion('anything', []), '');
});

test('help, as a command and as an option, and mistakes, with their exit codes', async t => {
	const env = {TANOS_ROOT: await temporaryFolder(t)};
	const same = [
		['help', 'certificate', 'check'],
		['certificate', 'check', '--help'],
		['certificate', 'check', 'a', '-h'],
	];
	const outputs = await Promise.all(same.map(async words => tanos(words, {env})));
	t.true(outputs.every(({exitCode, stdout}) => exitCode === 0 && stdout === outputs[0]!.stdout));
	t.is(outputs[0]!.stdout, describeCommand(checkDefinition).join('\n'));
	for (const [words, exitCode, found] of [
		[['help'], 0, /Commands:/],
		[['--help'], 0, /Commands:/],
		[['--version'], 0, /^\d+\.\d+\.\d+$/],
		[['help', 'certificate'], 0, /certificate sign/],
		[['help', 'soap', 'status'], 0, /^soap status/],
		[['soap', 'status', '--help'], 0, /^soap status/],
		[['help', 'soap'], 0, /soap install/],
		[['lab', 'help'], 0, /lab create/],
		[['soap', 'status', 'HELP'], 0, /^soap status/],
		[['--root', '/nowhere', 'soap', 'help'], 0, /soap install/],
		[['soap', 'nothing', 'help'], 2, /There is no command soap nothing help/],
		[['help', 'nothing'], 2, /There is no command nothing\./],
		[['certifcate', 'check'], 2, /There is no command certifcate\. Did you mean certificate\?\nSee: tanos help\n?$/],
		[['certificate', 'chekc'], 2, /Did you mean check\?/],
		[['certificate'], 2, /needs one more word: check, convert, explain, request/],
		[['soap', 'statsu'], 2, /Did you mean soap status\?/],
		[['sopa', 'status'], 2, /Did you mean soap\?/],
		[['serve', 'now'], 2, /now: nothing may follow here\.\nUsage: tanos serve \[OPTIONS\]\nSee: tanos help serve/],
		[['--root'], 2, /--root needs a value/],
		[['--nope'], 2, /There is no option --nope/],
		[['--root', 'x', 'certificate', 'check'], 2, /nothing may follow/],
		[['appliance', 'drill', 'of'], 2, /Did you mean off\?/],
	] as const) {
		const result = await tanos(words, {env});
		t.is(result.exitCode, exitCode, words.join(' '));
		t.regex(exitCode === 0 ? result.stdout : result.stderr, found, words.join(' '));
	}
});

test('every family of commands of the appliance has its help without an appliance', async t => {
	const env = {TANOS_ROOT: await temporaryFolder(t)};
	const families = [...new Set(commands.map(({name}) => name.split(' ')[0]!))].filter(word => word !== 'help');
	for (const family of families) {
		const {exitCode, stdout, stderr} = await tanos([family, 'help'], {env});
		t.is(exitCode, 0, `${family}: ${stderr}`);
		t.is(stdout, (await tanos(['help', family], {env})).stdout, family);
	}
});
