// Another process that locks files: what a lock is for.
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import type {ExecutionContext} from 'ava';

export type LockingProcess = {
	child: ChildProcess;
	/** What it writes to standard output next. Resolves with an empty string when it has ended. */
	next(): Promise<string>;
	/** Ends it with SIGKILL; resolves when it is gone. */
	kill(): Promise<void>;
};

/** Runs a module's text in a process that has imported what locks files, and may `tell` something. It is killed after the test. */
export function lockingProcess(t: ExecutionContext, script: string, through: readonly string[] = []): LockingProcess {
	const load = (name: string) => `await import(${JSON.stringify(new URL(`../../src/appliance/${name}.js`, import.meta.url).href)})`;
	const text = `
		const {tryLock, waitForLock} = ${load('file-lock')};
		const {lockFile, lockInstallation, lockPorts} = ${load('lock')};
		const {layoutOf} = ${load('layout')};
		const {beginLogin} = ${load('users/logins')};
		const fs = process.getBuiltinModule('node:fs');
		const tell = value => fs.writeSync(1, String(value));
		${script}
	`;
	const [program, ...words] = [...through, process.execPath, '--input-type=module', '--eval', text];
	const child = spawn(program, words, {stdio: ['pipe', 'pipe', 'inherit']});
	const ended = once(child, 'exit');
	t.teardown(() => child.kill('SIGKILL'));
	return {
		child,
		async next() {
			const [data] = (await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')])) as [Buffer?];
			return data?.toString() ?? '';
		},
		async kill() {
			child.kill('SIGKILL');
			await ended;
		},
	};
}
