import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {execa} from 'execa';
import {parseOptions, UsageError} from '../../bench/options.js';
import {describeMissing} from '../../bench/programs.js';
import {registry} from '../../bench/registry.js';
import {packageRoot} from '../../src/services/package-root.js';

const names = registry.map(({name}) => name);

function chosen(...words: string[]): string[] {
	return parseOptions(words, registry).chosen.map(({name}) => name);
}

test('all benchmarks run unless some are named', t => {
	t.deepEqual(chosen(), names);
	t.deepEqual(chosen('sftp', 'check'), ['check', 'sftp']);
});

test('JSON goes to standard output or to a file', t => {
	t.is(parseOptions([], registry).json, undefined);
	t.is(parseOptions(['--json', 'check'], registry).json, 'stdout');
	t.deepEqual(parseOptions(['check', '--json', 'docs/figures.json'], registry).json, {file: 'docs/figures.json'});
	t.deepEqual(parseOptions(['check', '--json', 'docs/figures.json'], registry).chosen.length, 1);
});

test('a command line that is not understood', t => {
	const lists = new RegExp(`^There is no benchmark nope, none. Benchmarks: ${names.join(', ')}$`);
	t.throws(() => parseOptions(['nope', 'check', 'none'], registry), {instanceOf: UsageError, message: lists});
	t.throws(() => parseOptions(['figures.json'], registry), {instanceOf: UsageError, message: /only with --json\. Found: figures\.json/});
	t.throws(() => parseOptions(['--json', 'a.json', 'b.json'], registry), {instanceOf: UsageError, message: /Only one file/});
	t.throws(() => parseOptions(['--fast'], registry), {instanceOf: UsageError, message: /--fast/});
	for (const text of ['0', '1.5', '-1', 'x', '86401']) {
		t.throws(() => parseOptions([`--limit=${text}`], registry), {instanceOf: UsageError, message: /1 to 86400 seconds/});
	}
});

test('an unknown name is a usage error that lists the names', async t => {
	const main = path.join(packageRoot(), 'dist', 'bench', 'main.js');
	const {exitCode, stderr, stdout} = await execa(process.execPath, [main, 'nope'], {reject: false});
	t.is(exitCode, 2);
	t.is(stdout, '');
	t.true(stderr.startsWith(`bench: There is no benchmark nope. Benchmarks: ${names.join(', ')}\n`), stderr);
});

test('a program that is missing is named with the package that has it', t => {
	const installed = ['ssh', 'bash'];
	const find = (name: string) => (installed.includes(name) ? `/usr/bin/${name}` : undefined);
	t.is(describeMissing(['ssh', 'bash'], find), undefined);
	t.is(describeMissing(['ssh', 'sshd'], find), 'needs sshd, install with `apt-get install openssh-server`');
	const several = describeMissing(['sftp', 'ssh-keygen', 'openssl'], find);
	t.is(several, 'needs sftp, ssh-keygen, openssl, install with `apt-get install openssh-client openssl`');
});
