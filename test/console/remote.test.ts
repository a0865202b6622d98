// A session whose console is another process: it shows the same as one in the same process, and what goes wrong between the two ends it.
import {once} from 'node:events';
import {duplexPair, PassThrough, type Duplex} from 'node:stream';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import type {Ending} from '../../src/console/ending.js';
import {headerOf, type ConsoleEnvironment} from '../../src/console/environment.js';
import type {FrontEnd} from '../../src/console/front-end.js';
import {LineReader} from '../../src/console/line-reader.js';
import {PlainFrontEnd, plainSession} from '../../src/console/plain-front-end.js';
import {Channel} from '../../src/console/remote/channel.js';
import {consoleMessage, serviceMessage, type ConsoleMessage, type ServiceMessage} from '../../src/console/remote/messages.js';
import {RemoteFrontEnd} from '../../src/console/remote/remote-front-end.js';
import {SessionView} from '../../src/console/remote/session-view.js';
import {newStore, screenSession, ScreenFrontEnd} from '../../src/console/screen-front-end.js';
import {Session} from '../../src/console/session.js';
import type {User} from '../../src/console/state.js';
import {open} from './console-session.js';
import {Typist} from './typist.js';

const tanadmin: User = {name: 'tanadmin', role: 'tanadmin'};

/** Runs a session at one end of a connection. */
function serve(stream: Duplex, environment: ConsoleEnvironment, hasScreen = false): {ended: Promise<Ending>; fault(): Error | undefined} {
	const channel = new Channel<ConsoleMessageIn, ServiceMessage>(stream, consoleMessage);
	const frontEnd = new RemoteFrontEnd(channel, hasScreen);
	let fault: Error | undefined;
	channel.listen({
		received: message => frontEnd.receive(message),
		closed(why) {
			fault = why;
			frontEnd.hangUp();
		},
	});
	const {ended} = new Session(environment, frontEnd, tanadmin);
	void ended.then(ending => {
		channel.send({type: 'ended', ending});
	});
	return {ended, fault: () => fault};
}

type ConsoleMessageIn = Parameters<RemoteFrontEnd['receive']>[0];

/** Shows it at the other end. */
function show(stream: Duplex, frontEnd: FrontEnd): SessionView {
	const channel = new Channel<ServiceMessage, ConsoleMessage>(stream, serviceMessage);
	const view = new SessionView(frontEnd, message => channel.send(message));
	channel.listen({received: message => view.receive(message), closed: () => view.lost()});
	return view;
}

async function inLines(t: ExecutionContext, input: string, isRemote: boolean): Promise<string> {
	const {environment} = await open(t, {bringUp: async () => ['Something happened.']});
	const [source, output] = [new PassThrough(), new PassThrough()];
	source.end(input);
	const said = text(output);
	const options = {lines: new LineReader(source), output, lineEnd: '\n'} as const;
	if (isRemote) {
		const [here, there] = duplexPair();
		serve(here, environment);
		await show(there, new PlainFrontEnd(headerOf(environment), options)).ended;
	} else {
		await plainSession(environment, {...options, known: tanadmin}).ended;
	}

	output.end();
	return (await said).replaceAll(/\d\.\d\d s/g, 'TIME');
}

test('the lines are those of a session in the same process', async t => {
	const input = '\n2-1\n1\n1\n7\nr\n?\n\nA-A-X-5\n\n2-4\nperhaps\nno\n2-h\nb-k\nRR\nZ\n';
	const [here, there] = [await inLines(t, input, false), await inLines(t, input, true)];
	t.is(there, here);
	t.regex(here, /done +Start taniumserver/);
	t.regex(here, /Since the Last Session/);
});

/** The states of the screen after each of these keys. */
async function onScreen(t: ExecutionContext, keys: readonly string[], isRemote: boolean): Promise<unknown[]> {
	const {environment} = await open(t);
	const size = {columns: 80, rows: 24};
	const store = isRemote ? newStore(headerOf(environment), size) : screenSession(environment, size, tanadmin).store;
	if (isRemote) {
		const [here, there] = duplexPair();
		serve(here, environment, true);
		show(there, new ScreenFrontEnd(store));
	}

	const typist = new Typist(store);
	const states: unknown[] = [];
	for (const key of keys) {
		await typist.type(key);
		states.push(JSON.parse(JSON.stringify(store.state).replaceAll(/"took":[\d.]+/g, '"took":0')));
	}

	return states;
}

test('the screens are those of a session in the same process, also the highlighted entry after the way back', async t => {
	const keys = [
		'2',
		'\r',
		'\u001B[B',
		'\r',
		'r\r',
		'1\r',
		'1\r',
		'1\r',
		'rr\r',
		'?\r',
		'\r',
		'2-4\r',
		'\u0003',
		'\r',
		'c-u\r',
		'R\r',
		'x\r',
	];
	const [here, there] = [await onScreen(t, keys, false), await onScreen(t, keys, true)];
	t.deepEqual(there, here);
});

test('when the console is gone, a question is cancelled, and work in progress is completed', async t => {
	const {environment, services} = await open(t);
	const [here, there] = duplexPair();
	const {ended} = serve(here, environment);
	const source = new PassThrough();
	const output = new PassThrough().resume();
	show(there, new PlainFrontEnd(headerOf(environment), {lines: new LineReader(source), output, lineEnd: '\n'}));
	const started = Promise.withResolvers<void>();
	const mayEnd = Promise.withResolvers<void>();
	let isComplete = false;
	services.start = async () => {
		started.resolve();
		await mayEnd.promise;
		isComplete = true;
	};
	source.write('2-1\n1\n1\n');
	await started.promise;
	there.destroy();
	mayEnd.resolve();
	t.is(await ended, 'gone');
	t.true(isComplete);
});

test('when the service is gone, the console says so, and that the host recovers', async t => {
	const {environment} = await open(t);
	const [here, there] = duplexPair();
	serve(here, environment);
	const source = new PassThrough();
	const output = new PassThrough();
	const said = text(output);
	const view = show(there, new PlainFrontEnd(headerOf(environment), {lines: new LineReader(source), output, lineEnd: '\n'}));
	here.destroy();
	source.end('\n');
	t.is(await view.ended, 'lost');
	output.end();
	t.regex(await said, /The service that ran this session has ended\.[^]*2-H/);
});

test('a console that was idle for too long is signed out with that reason', async t => {
	const {environment} = await open(t, {expiry: async () => undefined});
	const [here, there] = duplexPair();
	const {ended} = serve(here, environment);
	const store = newStore(headerOf(environment), {columns: 80, rows: 24});
	const view = show(there, new ScreenFrontEnd(store));
	await store.activity.untilIdle();
	store.hangUp('idle');
	t.is(await ended, 'idle');
	t.is(await view.ended, 'idle');
});

for (const [what, line] of [
	['what is no JSON', 'hello\n'],
	['an unknown message', '{"type":"shell","command":"id"}\n'],
	['an answer of the wrong type', '{"type":"answer","id":"1"}\n'],
	['a line without an end', 'x'.repeat(1_100_000)],
] as const) {
	test(`${what} ends the session, and nothing else`, async t => {
		const {environment} = await open(t);
		const [here, there] = duplexPair();
		const {ended, fault} = serve(here, environment);
		there.resume();
		there.write(line);
		t.is(await ended, 'gone');
		t.regex(String(fault()), /A line is (?:no message|too long)/);
	});
}

test('answers to questions that nobody asked are ignored', async t => {
	const {environment} = await open(t);
	const [here, there] = duplexPair();
	const {ended} = serve(here, environment);
	const channel = new Channel<ServiceMessage, ConsoleMessage>(there, serviceMessage);
	const menus: number[] = [];
	const asked = Promise.withResolvers<void>();
	channel.listen({
		received(message) {
			if (message.type === 'menu') {
				menus.push(message.id);
				asked.resolve();
			}
		},
		closed() {},
	});
	await asked.promise;
	channel.send({type: 'answer', id: 99_999, value: 'z'});
	channel.send({type: 'cancelled', id: 99_999});
	channel.send({type: 'answer', id: menus[0]!, value: 'z'});
	t.is(await ended, 'signed-out');
	t.is(menus.length, 1);
	there.end();
	await once(here, 'end');
});
