import test from 'ava';
import {openPty} from '../../src/replay/pty.js';

test('the last output of a program is read, also by a process that is busy', async t => {
	const environment = {PATH: process.env['PATH'] ?? ''};
	const program = openPty('sh', ['-c', 'echo begin; read answer; seq 1 3000; echo end'], '/', {columns: 80, rows: 24, environment});
	let output = '';
	program.onData(text => {
		if (output === '') {
			program.write('\n');
		}

		output += text;
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250); // Nothing else runs meanwhile.
	});
	const exited = Promise.withResolvers<number>();
	program.onExit(exited.resolve);
	t.is(await exited.promise, 0);
	t.regex(output, /3000\r\nend\r\n$/);
});

test('a program that writes much before it reads gets everything that is typed meanwhile', async t => {
	const environment = {PATH: process.env['PATH'] ?? ''};
	const script = 'stty raw -echo; echo ready; seq 1 100000; head -c 200000 | tr -d x | wc -c';
	const program = openPty('sh', ['-c', script], '/', {columns: 80, rows: 24, environment});
	let output = '';
	program.onData(text => {
		if (output === '') {
			program.write('x'.repeat(199_990));
			program.write('0123456789');
		}

		output += text;
	});
	const exited = Promise.withResolvers<number>();
	program.onExit(exited.resolve);
	t.is(await exited.promise, 0);
	t.regex(output, /\n99999\r?\n100000\r?\n10\r?\n$/);
});
