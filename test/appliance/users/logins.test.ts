import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, readdir, readFile} from 'node:fs/promises';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import type {Layout} from '../../../src/appliance/layout.js';
import {beginLogin} from '../../../src/appliance/users/logins.js';
import {setSecuritySetting} from '../../../src/appliance/users/security-settings.js';
import {emptyLayout} from '../folder.js';

const by = {user: 'tanadmin', from: 'console'};

async function appliance(t: ExecutionContext, maximum?: number): Promise<Layout> {
	const layout = await emptyLayout(t);
	await mkdir(layout.settings, {recursive: true});
	if (maximum !== undefined) {
		await setSecuritySetting(layout, 'maximumLogins', maximum, by);
	}

	return layout;
}

test('ten logins of a user may be open; one more is refused with what to do, and the log has it', async t => {
	const layout = await appliance(t);
	const open = await Promise.all(Array.from({length: 10}, async () => beginLogin(layout, by)));
	await t.throwsAsync(beginLogin(layout, by), {
		code: 'too-many-logins',
		message: 'tanadmin already has 10 consoles open; the maximum is 10.',
	});
	await using _other = await beginLogin(layout, {...by, user: 'tanuser'});
	await open[3]![Symbol.asyncDispose]();
	await using _again = await beginLogin(layout, by);
	await t.throwsAsync(beginLogin(layout, by), {code: 'too-many-logins'});
	const [line] = (await readFile(layout.audit, 'utf8')).split('\n');
	t.like(JSON.parse(line!), {event: 'login-refused', user: 'tanadmin', from: 'console', open: 10, most: 10});
});

test('a login needs two files, whatever the maximum', async t => {
	const layout = await appliance(t, 100);
	await using _login = await beginLogin(layout, by);
	const names = (await readdir(layout.locks)).filter(name => name.startsWith('login'));
	t.is(names.length, 2);
});

test('of many that begin at once no more come in than may', async t => {
	const layout = await appliance(t, 3);
	const all = await Promise.allSettled(Array.from({length: 8}, async () => beginLogin(layout, by)));
	t.is(all.filter(({status}) => status === 'fulfilled').length, 3);
});

test('with a lower maximum, open logins stay and all of them count', async t => {
	const layout = await appliance(t);
	const open = await Promise.all(Array.from({length: 4}, async () => beginLogin(layout, by)));
	await setSecuritySetting(layout, 'maximumLogins', 2, by);
	for (const login of open.slice(0, 2)) {
		await login[Symbol.asyncDispose]();
		await t.throwsAsync(beginLogin(layout, by), {code: 'too-many-logins'});
	}

	await open[2]![Symbol.asyncDispose]();
	await using _next = await beginLogin(layout, by);
	t.pass();
});

test('another process has its place among them, and loses it when it is killed', async t => {
	const layout = await appliance(t, 1);
	const module = (name: string) => JSON.stringify(new URL(`../../../src/appliance/${name}.js`, import.meta.url).href);
	const script = `
		const {beginLogin} = await import(${module('users/logins')});
		const {layoutOf} = await import(${module('layout')});
		await beginLogin(layoutOf(${JSON.stringify(layout.root)}), {user: 'tanadmin', from: 'console'});
		process.stdin.resume();
		process.stdout.write('in');
	`;
	const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {stdio: ['pipe', 'pipe', 'inherit']});
	await once(child.stdout, 'data');
	await t.throwsAsync(beginLogin(layout, by), {message: 'tanadmin already has 1 console open; the maximum is 1.'});
	child.kill('SIGKILL');
	await once(child, 'exit');
	await using _login = await beginLogin(layout, by);
	t.pass();
});
